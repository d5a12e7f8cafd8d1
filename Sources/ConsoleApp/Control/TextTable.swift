/// Rows of text in aligned columns, for people.
struct TextTable {
    /// The titles.
    var titles: [String]
    /// The rows, each with as many cells as there are titles.
    var rows: [[String]]

    /// The lines, without trailing spaces.
    var lines: [String] {
        let all = [titles] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            var line = Substring(cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            return String(line)
        }
    }
}

extension TextTable {
    /// The columns of each kind of row: title and key.
    private static let columns: [ControlRequest.Command: [(title: String, key: String)]] = [
        .registrations: [
            ("AOR", "aor"), ("CONTACT", "contact"), ("TRANSPORT", "transport"), ("SOURCE", "source"),
            ("EXPIRES", "expires"), ("STATE", "state"), ("RTT", "rtt"), ("USER AGENT", "user_agent"),
        ],
        .transactions: [
            ("ROLE", "role"), ("METHOD", "method"), ("STATE", "state"), ("PEER", "peer"), ("AGE", "age"),
            ("TIMERS", "timers"), ("RTX", "retransmits"), ("CODE", "code"), ("CALL-ID", "call_id"),
            ("WHY", "note"),
        ],
        .calls: [
            ("FROM", "from"), ("TO", "to"), ("STATE", "state"), ("SETUP", "setup_time"),
            ("DURATION", "duration"), ("RTX", "retransmits"), ("CODECS", "codecs"), ("CALL-ID", "call_id"),
        ],
        .bans: [
            ("WHO", "subject"), ("KIND", "kind"), ("CAUSE", "cause"), ("REFUSED", "refused"),
            ("SINCE", "since"),
            ("LEFT", "remaining"), ("BY", "actor"), ("REASON", "reason"),
        ],
        .messages: [
            ("TIME", "time"), ("SOURCE", "source"), ("DESTINATION", "destination"),
            ("START LINE", "start_line"),
            ("CSEQ", "cseq"), ("RTX", "retransmit"), ("CALL-ID", "call_id"),
        ],
    ]

    /// The table of an answer; nil when it is no list of rows.
    init?(_ answer: JSONValue, of command: ControlRequest.Command) {
        guard let columns = Self.columns[command] else { return nil }
        titles = columns.map(\.title)
        rows = answer[command.rawValue].elements.map { row in
            columns.map { escapingControls(row[$0.key].text) }
        }
    }
}

/// Text from the network without anything that a terminal would obey.
func escapingControls(_ text: String) -> String {
    String(
        text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "."
            default: Character(scalar)
            }
        }
    )
}
