/// Writes a wall clock time in ISO 8601 UTC with milliseconds, `2026-01-31T23:59:59.999Z`.
///
/// - Units: nanoseconds since 1970-01-01 UTC. Limits: the years 1 to 9999.
func timestamp(unixNanoseconds: Int64) -> String {
    let (milliseconds, _) = Int(unixNanoseconds).flooredQuotientAndRemainder(dividingBy: 1_000_000)
    let (days, inDay) = milliseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000)
    // Days since 0000-03-01, so that the leap day ends a year; 400 years have 146,097 days.
    let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)
    let date = "\(padded(year, 4))-\(padded(month < 10 ? month + 3 : month - 9, 2))-\(padded(day, 2))"
    let clock = [inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1_000 % 60].map { padded($0, 2) }
    return "\(date)T\(clock.joined(separator: ":")).\(padded(inDay % 1_000, 3))Z"
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
