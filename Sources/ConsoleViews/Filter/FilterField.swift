/// What a filter can ask of a row.
public enum FilterField: Sendable, Hashable {
    /// One of the fixed fields.
    case named(Name)
    /// A header field of a message, by its name in lower case.
    case header(String)

    /// The fixed fields, by the words people type.
    public enum Name: String, Sendable, Hashable, CaseIterable {
        case aor, user, domain, contact, src, dst, ip, port, transport, ua, method, status, state, role,
            callid
        case branch, tag, cseq, from, to, age, expires, rtt, pdd, dur, retrans, legs, reason, body, diag,
            kind, dir

        /// How its values are compared.
        var kind: FilterKind {
            switch self {
            case .port, .cseq, .retrans, .legs: .number
            case .age, .expires, .rtt, .pdd, .dur: .duration
            case .status: .status
            case .transport, .method, .state, .role, .kind, .dir: .word
            case .aor, .user, .domain, .contact, .src, .dst, .ip, .ua, .callid, .branch, .tag, .from, .to,
                .reason,
                .body, .diag:
                .text
            }
        }
    }

    /// Reads a field's name; nil when there is no such field.
    init?(_ word: String) {
        let word = word.lowercased()
        if word.hasPrefix("hdr.") && word.utf8.count > 4 {
            self = .header(String(word.dropFirst(4)))
        } else if let name = Name(rawValue: word) {
            self = .named(name)
        } else {
            return nil
        }
    }

    var kind: FilterKind {
        switch self {
        case .named(let name): name.kind
        case .header: .text
        }
    }

    /// True when the answer changes with the clock alone.
    var changesWithTime: Bool {
        switch self {
        case .named(.age), .named(.expires), .named(.dur), .named(.state): true
        case .named, .header: false
        }
    }
}

/// How a field's values are compared.
enum FilterKind: Sendable, Hashable {
    /// `:` finds the text anywhere, `=` wants all of it.
    case text
    /// One word; `:` and `=` want all of it.
    case word
    /// A whole number.
    case number
    /// A length of time, with ms, s, m or h.
    case duration
    /// A status code or a class such as `4xx`.
    case status
}

/// What a row answers when it is asked for a field.
public enum FilterValue: Sendable, Hashable {
    /// Text, or several.
    case text([String])
    /// A number; durations in seconds.
    case number(Double)

    /// One text.
    public static func text(_ text: String) -> FilterValue { .text([text]) }
}

/// A row that a filter can judge.
public protocol Filterable {
    /// The row's value of a field; nil when the row has none.
    func filterValue(_ field: FilterField) -> FilterValue?
    /// The texts of the visible columns, for bare words.
    var filterTexts: [String] { get }
}
