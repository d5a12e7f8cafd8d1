import SIPFlow

extension Interval {
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
