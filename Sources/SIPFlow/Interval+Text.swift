extension Interval {
    /// Reads `500ms`, `4s`, `3m`, `1h`, `0.5s` or `7d`.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
        let unit: Double? =
            switch text.dropFirst(digits.count) {
            case "ms": 1
            case "s": 1_000
            case "m": 60_000
            case "h": 3_600_000
            case "d": 86_400_000
            default: nil
            }
        guard let unit, let number = Double(digits), number * unit < 1e12 else { return nil }
        self = .milliseconds(Int((number * unit).rounded()))
    }
}
