import CTerminal
import Glibc

/// The way that a copied text took.
public enum ClipboardWay: String, Sendable {
    /// Into a buffer of tmux, which passes it on to the terminal's clipboard.
    case tmuxBuffer = "tmux buffer"
    /// Through tmux or screen to the terminal outside, which may refuse it.
    case passthrough = "terminal clipboard through the multiplexer"
    /// To the terminal, which may refuse it.
    case terminal = "terminal clipboard"
}

extension Terminal {
    /// Copies text to the clipboard, over SSH too.
    ///
    /// - Shape: the way it took, or nil when it is longer than terminals take or none can take it: use a file.
    /// - Limits: 74,994 bytes, the length that xterm and its descendants accept.
    /// - Source: xterm control sequences, OSC 52.
    public func copy(_ text: String) -> ClipboardWay? {
        let bytes = Array(text.utf8)
        if Self.isSet("TMUX"), feedTmux(bytes) { return .tmuxBuffer }
        guard knowsModes, bytes.count <= 74_994 else { return nil }
        let sequence = "\u{1B}]52;c;" + Self.base64(bytes) + "\u{07}"
        if Self.isSet("TMUX") {
            send("\u{1B}Ptmux;\u{1B}" + sequence + "\u{1B}\\")
            return .passthrough
        }
        if Self.isSet("STY") {
            send("\u{1B}P" + sequence + "\u{1B}\\")
            return .passthrough
        }
        send(sequence)
        return .terminal
    }

    private func feedTmux(_ bytes: [UInt8]) -> Bool {
        // The bytes stay alive until the call returns.
        unsafe cterminal_feed_tmux(bytes, bytes.count) == 0
    }

    private static func isSet(_ name: String) -> Bool {
        unsafe getenv(name) != nil
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for place in 0...3 {
                let digit = digits[bits >> (18 - 6 * place) & 63]
                text.append(place <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
