import SIPFlow
import SIPSyntax

/// What the user part of a temporary GRUU says to us, and to nobody else.
///
/// - Shape: `tgruu.` and 32 hexadecimal digits. Behind them: the slot of the address of record, a number that makes
///   each one another, and the series: the registrations of one instance under one Call-ID. With the series end all
///   its GRUUs (RFC 5627 §3.1.2).
struct TemporaryGRUU: Equatable {
    static let prefix: StaticString = "tgruu."
    private static let prefixCount = 6

    var record: UInt32
    var number: UInt32
    var series: UInt64

    init(record: UInt32, number: UInt32, series: UInt64) {
        self.record = record
        self.number = number
        self.series = series
    }

    /// Reads a user part; nil when it has another form.
    ///
    /// Whether the series lives is the caller's to see.
    init?(_ bytes: Span<UInt8>, _ user: Slice, _ key: GRUUKey) {
        let digits = user.start + Self.prefixCount
        guard user.count == Self.prefixCount + 32,
            bytes.equals(Slice(user.start, digits), ignoringCase: Self.prefix),
            let left = bytes.hexadecimal(Slice(digits, digits + 16)),
            let right = bytes.hexadecimal(Slice(digits + 16, digits + 32))
        else { return nil }
        let (place, series) = key.decrypt(left, right)
        self.init(
            record: UInt32(place >> 32),
            number: UInt32(truncatingIfNeeded: place),
            series: series
        )
    }

    func append(_ key: GRUUKey, to output: inout [UInt8]) {
        let (left, right) = key.encrypt(UInt64(record) << 32 | UInt64(number), series)
        output.append(ascii: Self.prefix)
        appendHexadecimal(left, to: &output)
        appendHexadecimal(right, to: &output)
    }
}
