import SIPSyntax
import Testing

@Suite("Hexadecimal numbers")
struct HexadecimalTests {
    @Test(
        "a number comes back as it was written",
        arguments: [0, 1, 0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 0xaaaa_0000_5555_ffff, .max]
            as [UInt64]
    )
    func roundTrip(number: UInt64) {
        var text: [UInt8] = []
        appendHexadecimal(number, to: &text)
        let digits = String(number, radix: 16)
        #expect(
            String(decoding: text, as: UTF8.self) == String(repeating: "0", count: 16 - digits.count) + digits
        )
        #expect(text.span.hexadecimal(Slice(0, 16)) == number)
        let capitals = Array(String(decoding: text, as: UTF8.self).uppercased().utf8)
        #expect(capitals.span.hexadecimal(Slice(0, 16)) == number)
    }

    @Test("every byte in every place counts as its digit, or spoils the number")
    func everyByte() {
        for place in 0..<16 {
            for byte in UInt8.min...UInt8.max {
                var text = [UInt8](repeating: UInt8(ascii: "0"), count: 16)
                text[place] = byte
                let expected = hexadecimalDigit(byte).map { UInt64($0) << UInt64(4 * (15 - place)) }
                #expect(text.span.hexadecimal(Slice(0, 16)) == expected, "byte \(byte) in place \(place)")
            }
        }
    }

    @Test("no other count of digits is a number", arguments: [0, 8, 15, 17])
    func counts(count: Int) {
        let text = [UInt8](repeating: UInt8(ascii: "1"), count: count)
        #expect(text.span.hexadecimal(Slice(0, count)) == nil)
    }
}
