import SIPFlow

/// Writes numbers and times the way the screen shows them.
enum Format {
    /// `0:48:12`: what is left of something long.
    static func countdown(_ left: Interval) -> String {
        let seconds = max(0, left.wholeSeconds)
        return "\(seconds / 3_600):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    /// `1.5s` below ten seconds, `171s` above: what is left of a timer.
    static func timer(_ left: Interval) -> String {
        let tenths = max(0, left.milliseconds) / 100
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10)s" : "\(tenths / 10)s"
    }

    /// `03:12`, from an hour on `1:03:12`: how long something goes on.
    static func duration(_ length: Interval) -> String {
        let seconds = max(0, length.wholeSeconds)
        guard seconds >= 3_600 else { return "\(padded(seconds / 60)):\(padded(seconds % 60))" }
        return "\(seconds / 3_600):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }

    /// `7s`, `3m12s`, `1h04m`, `3d04h`: how old something is.
    static func age(_ age: Interval) -> String {
        let seconds = max(0, age.wholeSeconds)
        switch seconds {
        case ..<60: return "\(seconds)s"
        case ..<3_600: return "\(seconds / 60)m\(padded(seconds % 60))s"
        case ..<86_400: return "\(seconds / 3_600)h\(padded(seconds / 60 % 60))m"
        default: return "\(seconds / 86_400)d\(padded(seconds / 3_600 % 24))h"
        }
    }

    /// `12m`, `3h04m`, `3d04h`: how long the engine runs, so that nothing moves within a minute.
    static func uptime(_ age: Interval) -> String {
        let minutes = max(0, age.wholeSeconds) / 60
        return minutes < 60 ? "\(minutes)m" : Self.age(.seconds(minutes * 60))
    }

    /// `41ms`, `2.3s`, `48s`: how long somebody had to wait.
    static func wait(_ time: Interval) -> String {
        let milliseconds = max(0, time.milliseconds)
        return milliseconds < 1_000 ? "\(milliseconds)ms" : timer(time)
    }

    /// `31 ms`, `48 s`, `3 min 12 s`: the same in a sentence.
    static func latency(_ time: Interval) -> String {
        let milliseconds = max(0, time.milliseconds)
        let seconds = milliseconds / 1_000
        switch seconds {
        case 0: return "\(milliseconds) ms"
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min \(seconds % 60) s"
        default: return "\(seconds / 3_600) h \(seconds / 60 % 60) min"
        }
    }

    /// `<1 s`, `48 s`, `3 min 12 s`: a time in a sentence that changes once a second at most.
    static func span(_ time: Interval) -> String {
        time < .seconds(1) ? "<1 s" : latency(time)
    }

    /// `12 ms`, `1240 ms`, `<1 ms`: a round trip, in milliseconds up to ten seconds.
    static func roundTrip(_ time: Interval) -> String {
        let milliseconds = time.milliseconds
        if milliseconds < 1 { return "<1 ms" }
        return milliseconds < 10_000 ? "\(milliseconds) ms" : latency(time)
    }

    /// `+0.041`, `+12.500`: the time since the message before, in seconds.
    static func delta(_ time: Interval) -> String {
        let milliseconds = max(0, time.milliseconds)
        return "+\(milliseconds / 1_000).\(padded(milliseconds % 1_000, 3))"
    }

    /// `07:21:03.120` of a wall clock in nanoseconds since 1970, already moved to the local zone.
    static func clock(_ nanoseconds: Int64, withMilliseconds: Bool = true) -> String {
        let day = Int64(86_400_000)
        let milliseconds = Int(((nanoseconds / 1_000_000) % day + day) % day)
        let seconds = milliseconds / 1_000
        let text = "\(padded(seconds / 3_600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
        return withMilliseconds ? "\(text).\(padded(milliseconds % 1_000, 3))" : text
    }

    /// `96%`, `0.4%`, `-` of nothing.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "-" }
        let tenths = (part * 1_000 + whole / 2) / whole
        return tenths >= 100 || tenths == 0 ? "\((tenths + 5) / 10)%" : "\(tenths / 10).\(tenths % 10)%"
    }

    /// `118`, `4.2`: so many a second.
    static func rate(_ rate: Double) -> String {
        guard rate < 10 else { return String(Int(rate.rounded())) }
        let tenths = Int((rate * 10).rounded())
        return tenths % 10 == 0 ? String(tenths / 10) : "\(tenths / 10).\(tenths % 10)"
    }

    /// `1 call`, `17 calls`.
    static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    static func padded(_ number: Int, _ digits: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
