import SIPTrace

/// A ladder as text, for the clipboard: one line a message, in the style of a mail or a ticket.
struct LadderText {
    private let model: LadderModel
    private let context: RowContext

    init(_ model: LadderModel, context: RowContext) {
        self.model = model
        self.context = context
    }

    /// The lines, ended by line feeds.
    var text: String {
        model.ladder.rows.map { line($0) + "\n" }.joined()
    }

    private func line(_ row: LadderRow) -> String {
        switch row {
        case .idle(let silence): return "~~~ \(Format.wait(silence)) idle"
        case .message(let message):
            let columns = model.ladder.columns
            let sides = "\(columns[message.from].name) -> \(columns[message.to].name)"
            var words = [context.clock(message.moment), sides, message.label]
            if message.retransmissions > 0 { words.append("x\(message.retransmissions + 1)") }
            if let fork = message.fork { words.append("fork \(fork.letter)") }
            words += message.tags.map { "[\($0)]" }
            if let drop = message.drop { words.append("dropped: \(drop.text)") }
            return Printable.escaped(words.joined(separator: "  "))
        }
    }
}
