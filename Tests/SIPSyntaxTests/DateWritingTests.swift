import Foundation
import SIPSyntax
import Testing

@Suite("Date")
struct DateWritingTests {
    @Test(
        "G12 a time is written as RFC 3261 §20.17 wants it",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_289_690_940, "Sat, 13 Nov 2010 23:29:00 GMT"),
            (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (-2_203_891_200, "Thu, 01 Mar 1900 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)]
    )
    func dates(seconds: Int64, expected: String) {
        #expect(text(seconds) == expected)
    }

    @Test("G12 the line is the same for a second, and another one for the next")
    func line() {
        var line = DateLine()
        var text: [UInt8] = []
        for second in [5, 5, 6, -1] as [Int64] { line.append(unixSeconds: second, to: &text) }
        let days = ["Thu, 01 Jan 1970 00:00:05", "Thu, 01 Jan 1970 00:00:05", "Thu, 01 Jan 1970 00:00:06"]
        let expected = (days + ["Wed, 31 Dec 1969 23:59:59"]).map { "Date: \($0) GMT\r\n" }.joined()
        #expect(String(decoding: text, as: UTF8.self) == expected)
    }

    @Test("G12 agrees with the calendar of Foundation on every day of two centuries")
    func everyDay() {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        for day in stride(from: Int64(-10_000), to: 63_000, by: 1) {
            let seconds = day * 86_400 + (day * 7_919) % 86_400
            let date = Date(timeIntervalSince1970: Double(seconds))
            if text(seconds) != formatter.string(from: date) {
                Issue.record("\(seconds): \(text(seconds))")
                return
            }
        }
    }

    private func text(_ seconds: Int64) -> String {
        var bytes: [UInt8] = []
        appendDate(unixSeconds: seconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
