import Testing

@testable import ConsoleApp

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "are ISO 8601 in UTC with milliseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_123_456_789, "2000-02-29T00:00:00.123Z"),
            (1_767_225_599_999_999_999, "2025-12-31T23:59:59.999Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (-1_000_000, "1969-12-31T23:59:59.999Z"),
        ] as [(Int64, String)]
    )
    func text(nanoseconds: Int64, expected: String) {
        #expect(timestamp(unixNanoseconds: nanoseconds) == expected)
    }
}
