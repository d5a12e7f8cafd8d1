import SIPFlow
import SIPTrace

/// One line of the message pane: a part that stands out and the rest.
struct MessageLine: Sendable, Equatable {
    var head: String
    var headRole: Role
    var rest: String
    var role: Role
    /// True when the message before of the same call has this otherwise.
    var isChanged = false

    init(_ head: String, _ headRole: Role, _ rest: String = "", _ role: Role = .text, isChanged: Bool = false)
    {
        self.head = head
        self.headRole = headRole
        self.rest = rest
        self.role = role
        self.isChanged = isChanged
    }

    /// All of it.
    var text: String { head + rest }
}

/// Writes a message as lines, decoded, byte for byte or in hexadecimal.
struct MessageLines {
    private let message: DecodedMessage
    private let context: RowContext

    init(_ message: DecodedMessage, context: RowContext) {
        self.message = message
        self.context = context
    }

    /// The lines; wrapped to a width, or not at all.
    func lines(_ form: MessageModel.Form, width: Int?) -> [MessageLine] {
        let lines: [MessageLine] =
            switch form {
            case .decoded: decoded
            case .raw: raw
            case .hexadecimal: hexadecimal
            }
        guard let width, form != .hexadecimal else { return lines }
        return lines.flatMap { wrapped($0, width) }
    }

    private var decoded: [MessageLine] {
        var lines: [MessageLine] = []
        if let problem = message.problem { lines.append(MessageLine("Problem: \(problem)", .stateBad)) }
        lines.append(MessageLine(Printable.escaped(message.startLine), message.row.kind.role))
        var reply = message.replyRule
        for header in message.headers {
            lines.append(
                MessageLine(
                    "\(Printable.escaped(header.name)): ",
                    header.isKey ? .sipHeader : .textMuted,
                    Printable.escaped(header.value),
                    header.isKey ? .text : .textMuted,
                    isChanged: header.isChanged && message.previous != nil
                )
            )
            if header.name == "Via", let rule = reply {
                reply = nil
                let words = "to \(message.row.flow.peer) because \(rule.text)"
                lines.append(MessageLine("  Answered ", .sipHeader, words, .textMuted))
            }
        }
        let body = message.raw[message.bodyRange]
        switch message.body {
        case .none: break
        case .sdp(let session):
            lines.append(MessageLine("", .text))
            lines += session.sentences.map { MessageLine("SDP ", .sipHeader, Printable.escaped($0)) }
            lines += Self.rows(of: body).map { MessageLine($0, .textMuted) }
        case .text(let type):
            lines.append(MessageLine("", .text))
            lines.append(MessageLine("Body \(Printable.escaped(type))", .sipHeader))
            lines += Self.rows(of: body).map { MessageLine($0, .text) }
        case .binary(let type):
            lines.append(MessageLine("", .text))
            let words = "Body \(Printable.escaped(type)), \(body.count) bytes that are no text: d shows them"
            lines.append(MessageLine(words, .sipHeader))
        }
        return lines
    }

    private var raw: [MessageLine] {
        Self.rows(of: message.raw[...]).map { MessageLine($0, .text) }
    }

    /// The bytes by lines; a line end that is not CR LF is written out, like every byte that is no text.
    private static func rows(of bytes: ArraySlice<UInt8>) -> [String] {
        var rows: [String] = []
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let feed = bytes[start...].firstIndex(of: 10)
            var end = feed ?? bytes.endIndex
            var mark = ""
            if feed != nil {
                if end > start, bytes[end - 1] == 13 { end -= 1 } else { mark = "\\n" }
            }
            rows.append(Printable.escaped(bytes[start..<end]) + mark)
            start = (feed ?? bytes.endIndex - 1) + 1
        }
        return rows
    }

    private var hexadecimal: [MessageLine] {
        stride(from: 0, to: message.raw.count, by: 16).map { start in
            let bytes = message.raw[start..<min(start + 16, message.raw.count)]
            let digits = bytes.map { byte in
                let text = String(byte, radix: 16)
                return text.utf8.count == 1 ? "0" + text : text
            }
            let text = bytes.map { $0 >= 0x20 && $0 < 0x7f ? String(UnicodeScalar($0)) : "." }.joined()
            let offset = String(start, radix: 16)
            return MessageLine(
                String(repeating: "0", count: max(0, 4 - offset.utf8.count)) + offset + "  ",
                .textMuted,
                TextWidth.padded(digits.joined(separator: " "), to: 49) + text
            )
        }
    }

    /// The beginning of a text that goes on one line, up to a space, `;` or `,` where one is near.
    private static func piece(of text: String, _ room: Int) -> String {
        let whole = TextWidth.prefix(text, room)
        guard whole.unicodeScalars.count < text.unicodeScalars.count,
            let end = whole.lastIndex(where: { " ;,".contains($0) })
        else { return whole }
        let broken = whole[...end]
        return broken.count * 2 > whole.count ? String(broken) : whole
    }

    /// Breaks a line at a width; what follows is indented by two.
    private func wrapped(_ line: MessageLine, _ width: Int) -> [MessageLine] {
        guard TextWidth.of(line.text) > width else { return [line] }
        var lines: [MessageLine] = []
        var head = line.head
        var rest = line.rest
        if TextWidth.of(head) >= width {
            rest = String(head.dropFirst(TextWidth.prefix(head, width).count)) + rest
            head = TextWidth.prefix(head, width)
        }
        var room = width - TextWidth.of(head)
        while true {
            let piece = Self.piece(of: rest, room)
            let isFirst = lines.isEmpty
            lines.append(
                MessageLine(
                    isFirst ? head : "  ",
                    isFirst ? line.headRole : .text,
                    piece,
                    line.rest.isEmpty ? line.headRole : line.role,
                    isChanged: line.isChanged && isFirst
                )
            )
            rest = String(rest.unicodeScalars.dropFirst(piece.unicodeScalars.count))
            room = width - 2
            if rest.isEmpty { return lines }
            // A wide character that fits nowhere is left out rather than tried for ever.
            if TextWidth.prefix(rest, room).isEmpty { return lines }
        }
    }
}
