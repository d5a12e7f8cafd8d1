import Testing

@testable import ConsoleViews

@Suite("Key table")
struct KeymapTests {
    @Test("has every key of a place once", arguments: KeyContext.allCases)
    func unique(context: KeyContext) {
        let keys = Keymap.bindings(in: context).map(\.keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test("has no keys that begin another's", arguments: KeyContext.allCases)
    func prefixes(context: KeyContext) {
        let bindings = Keymap.bindings(in: context)
        for short in bindings {
            for long in bindings where long.keys.count > short.keys.count {
                #expect(!long.keys.starts(with: short.keys), "\(short.keyText) begins \(long.keyText)")
            }
        }
    }

    @Test("reads every key name that is written in it")
    func names() {
        // A name that is no key would make a shorter sequence, or none.
        for binding in Keymap.bindings {
            #expect(binding.keys.count == (binding.keyText.split(separator: " ").count))
        }
        #expect(Keymap.bindings.count == 130)
    }

    @Test("explains every action")
    func help() {
        for binding in Keymap.bindings { #expect(!binding.help.isEmpty) }
    }

    @Test("uses only g and y as first keys, and never a key that terminals need")
    func reserved() {
        for binding in Keymap.bindings {
            if binding.keys.count > 1 {
                #expect([Key.character("g"), .character("y")].contains(binding.keys[0]))
            }
            for key in binding.keys {
                #expect(
                    ![
                        .control("i"), .control("m"), .control("h"), .control("["), .control("s"),
                        .control("q"),
                    ].contains(key)
                )
            }
        }
    }

    @Test("hints only at actions that work in the place", arguments: KeyContext.allCases)
    func hints(context: KeyContext) {
        for binding in Keymap.bindings(in: context) where binding.hint != nil {
            guard case .action(let action) = Keymap.lookUp(binding.keys, in: context) else {
                Issue.record("\(binding.keyText) does nothing")
                continue
            }
            #expect(action == binding.action)
        }
    }

    @Test("destroys nothing with an unmodified key near the ones that move")
    func harmless() {
        for binding in Keymap.bindings where binding.action == .kick { #expect(binding.keyText == "K") }
    }
}
