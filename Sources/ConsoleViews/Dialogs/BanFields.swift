import SIPFlow
import SIPReport

/// How long somebody is kept out, and by what, as dialogs ask for it.
struct BanFields: Sendable {
    /// How long a ban lasts.
    enum Time: Sendable, CaseIterable {
        case minute, fiveMinutes, hour, day, other

        /// A word for it.
        var word: String {
            switch self {
            case .minute: "1 min"
            case .fiveMinutes: "5 min"
            case .hour: "1 h"
            case .day: "24 h"
            case .other: "other"
            }
        }
    }

    /// What a ban goes by.
    enum Who: Sendable, Equatable {
        case source, aor, both
    }

    /// The addresses of record.
    let aors: [BanSubject]
    /// The network addresses.
    var sources: [BanSubject]
    private(set) var time = Time.fiveMinutes
    /// What was typed for another time.
    private(set) var typed = TextField()
    private(set) var who: Who

    init(aors: [BanSubject], sources: [BanSubject]) {
        self.aors = aors
        self.sources = sources
        who = sources.isEmpty && !aors.isEmpty ? .aor : .source
    }

    /// What there is to choose from.
    var choices: [Who] {
        aors.isEmpty ? [.source] : sources.isEmpty ? [.aor] : [.source, .aor, .both]
    }

    /// Who is kept out.
    var subjects: [BanSubject] {
        switch who {
        case .aor: aors
        case .source: sources
        case .both: aors + sources
        }
    }

    /// True when addresses of record are among them.
    var hasAOR: Bool { who != .source }

    /// For how long; nil while what was typed is no time of at least a second.
    var duration: Interval? {
        switch time {
        case .minute: .seconds(60)
        case .fiveMinutes: .seconds(300)
        case .hour: .seconds(3_600)
        case .day: .seconds(86_400)
        case .other: Interval(typed.text).flatMap { $0 >= .seconds(1) ? $0 : nil }
        }
    }

    /// What the ban means to who is banned, in a few words.
    var words: String {
        switch who {
        case .source: "refused from \(sources.count == 1 ? "its address" : "their addresses") for a time"
        case .aor: "403 to its REGISTERs and calls for a time"
        case .both: "403 to its name, silence to its address"
        }
    }

    mutating func changeTime(_ distance: Int = 1) { time = time.moved(distance, in: Time.allCases) }

    mutating func changeWho(_ distance: Int = 1) { who = who.moved(distance, in: choices) }

    /// Takes a key into the typed time; false when it means nothing there.
    mutating func type(_ key: Key) -> Bool {
        guard time == .other else { return false }
        switch key {
        case .character(let scalar) where "0123456789.smhd".unicodeScalars.contains(scalar):
            return typed.handle(key)
        case .backspace, .delete: return typed.handle(key)
        default: return false
        }
    }
}

extension Equatable {
    /// The choice so many places on among others, round at the ends.
    func moved(_ distance: Int, in choices: [Self]) -> Self {
        guard let place = choices.firstIndex(of: self) else { return self }
        return choices[(place + distance % choices.count + choices.count) % choices.count]
    }
}
