import SIPFlow

extension Interval {
    /// Reads `500ms`, `4s`, `3m`, `1h` or `0.5s`.
    init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit: Double? =
            switch text.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1_000
            case "m": 60_000
            case "h": 3_600_000
            default: nil
            }
        guard let unit, let number = Double(digits), number * unit < 1e12 else { return nil }
        self = .milliseconds(Int((number * unit).rounded()))
    }

    /// `500ms` or `4s`.
    var words: String { milliseconds % 1_000 == 0 ? "\(wholeSeconds)s" : "\(milliseconds)ms" }
}

/// Reads `64MiB`, `512KiB` or `1GiB`; nil for anything else.
func bytes(of text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int(digits), number < 1 << 30 else { return nil }
    switch text.dropFirst(digits.count) {
    case "": return number
    case "KiB": return number << 10
    case "MiB": return number << 20
    case "GiB": return number << 30
    default: return nil
    }
}
