import SIPFlow

/// Appends a date as RFC 3261 §20.17 wants it: `Sat, 13 Nov 2010 23:29:00 GMT`.
public func appendDate(unixSeconds: Int64, to output: inout [UInt8]) {
    let days = Int(unixSeconds.floorDivided(by: 86_400))
    let second = Int(unixSeconds) - days * 86_400
    // Days since 0000-03-01, so that the leap day is a year's last (Hinnant's civil calendar).
    let shifted = days + 719_468
    let era = Int64(shifted).floorDivided(by: 146_097)
    let dayOfEra = shifted - Int(era) * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    output.append(contentsOf: weekdays[(days % 7 + 11) % 7].utf8)
    output.append(ascii: ", ")
    appendTwoDigits(day, to: &output)
    output.append(UInt8(ascii: " "))
    output.append(contentsOf: months[month - 1].utf8)
    output.append(UInt8(ascii: " "))
    appendDecimal(UInt64(max(0, year)), to: &output)
    output.append(UInt8(ascii: " "))
    appendTwoDigits(second / 3_600, to: &output)
    output.append(UInt8(ascii: ":"))
    appendTwoDigits(second / 60 % 60, to: &output)
    output.append(UInt8(ascii: ":"))
    appendTwoDigits(second % 60, to: &output)
    output.append(ascii: " GMT")
}

/// The Date header field, written once a second and copied while that lasts.
public struct DateLine: Sendable {
    private var second = Int64.min
    private var line: [UInt8] = []

    /// Nothing is written yet.
    public init() {}

    /// Appends the whole line for a second.
    public mutating func append(unixSeconds: Int64, to output: inout [UInt8]) {
        if unixSeconds != second {
            second = unixSeconds
            line.removeAll(keepingCapacity: true)
            line.append(ascii: "Date: ")
            appendDate(unixSeconds: unixSeconds, to: &line)
            line.append(ascii: "\r\n")
        }
        output.append(copying: line.span)
    }
}

private let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
private let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

private func appendTwoDigits(_ number: Int, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "0") + UInt8(number / 10))
    output.append(UInt8(ascii: "0") + UInt8(number % 10))
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self + 1) / divisor - 1
    }
}
