import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleViews

@Suite("Anything at all")
struct FuzzTests {
    private static let keys: [Key] =
        Keymap.bindings.flatMap(\.keys) + [
            .character("q"), .character("k"), .character("é"), .paste("x\u{1b}[31m y"), .backspace, .delete,
            .alt("k"),
            .controlArrow(.up), .function(5), .focus(false), .resize,
            .mouse(MouseEvent(.press, button: .left, position: Position(column: 3, row: 3))),
        ]

    @Test("neither traps nor draws outside nor lets a control character through", arguments: 0..<8)
    func storm(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var driver = TestDriver()
        for step in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                let size = Size(
                    width: .random(in: 1...400, using: &random),
                    height: .random(in: 1...120, using: &random)
                )
                driver.send(.resize(size))
            case 1: driver.pass(.milliseconds(.random(in: 1...4_000, using: &random)))
            case 2: change(&driver, &random)
            default:
                if let key = Self.keys.randomElement(using: &random) { driver.send(.key(key)) }
            }
            let size = driver.console.state.size
            // A large screen is drawn now and then: the states between matter more than each frame.
            guard size.width * size.height < 6_000 || step % 8 == 0 else { continue }
            check(driver.console.draw(glyphs: step % 2 == 0 ? .unicode : .ascii), size)
        }
    }

    private func check(_ canvas: Canvas, _ size: Size) {
        #expect(canvas.cells.count == size.width * size.height)
        var isRightHalf = false
        for cell in canvas.cells {
            if cell.isFollower { #expect(isRightHalf) }
            isRightHalf = cell.isWide
            let value = cell.lead.value
            if value != 0 && (value < 0x20 || (0x7f..<0xa0).contains(value)) {
                Issue.record("control character \(value)")
            }
        }
    }

    private func change(_ driver: inout TestDriver, _ random: inout SeededGenerator) {
        let user = String(Int.random(in: 0..<30, using: &random))
        let evil = "\u{1b}[2J\u{202e}\u{9b}漢\u{301}"
        switch Int.random(in: 0..<5, using: &random) {
        case 0: driver.lab.register(user + evil, host: .random(in: 1...200, using: &random), agent: evil)
        case 1:
            let reason = BindingRemoval.allCases.randomElement(using: &random) ?? .expired
            driver.lab.remove(BindingID(.random(in: 1...20, using: &random)), reason)
        case 2:
            let id = UInt64.random(in: 1...60, using: &random)
            let isOver = Bool.random(using: &random)
            driver.lab.add(
                TransactionRow(
                    id: id,
                    role: .client,
                    method: evil,
                    state: isOver ? .terminated : .calling,
                    branch: evil,
                    flow: Lab.peer(UInt32(id)),
                    startedAt: driver.lab.now,
                    retransmits: Int(id % 4),
                    callID: "c\(id % 5)",
                    parent: id / 2,
                    fork: Int(id),
                    endedAt: isOver ? driver.lab.now : nil
                )
            )
        default:
            let script = Script(callID: "c\(user)", from: user + evil, to: evil)
            let lines = ["180 Ringing\(evil)", "200 OK", "486 Busy Here", "999 \(evil)"]
            let via = "10.0.0.\(user):5060;branch=z9hG4bK-\(user)"
            let text =
                Bool.random(using: &random)
                ? script.request(
                    ["INVITE", "BYE", "CANCEL", evil].randomElement(using: &random) ?? "ACK",
                    via: via
                )
                : script.response(lines.randomElement(using: &random) ?? "100", via: via, toTag: user)
            driver.lab.pass(
                Bool.random(using: &random) ? .received : .sent,
                Lab.peer(.random(in: 1...9, using: &random)),
                after: .random(in: 0...3_000, using: &random),
                isRepeat: .random(using: &random),
                drop: Int.random(in: 0..<6, using: &random) == 0 ? .malformed : nil,
                text
            )
        }
        driver.report()
    }
}
