import SIPSyntax
import Testing

@Suite("Slices and bytes")
struct SliceTests {
    @Test("a slice knows its ends, and one without bytes is empty")
    func ends() {
        #expect(Slice(3, 7).count == 4 && Slice(3, 7).range == 3..<7)
        #expect(Slice(3, 3).isEmpty && Slice(3, 3).range == 3..<3)
        #expect(Slice(0, 65_535).count == 65_535)
    }

    @Test("a byte is found at every place of slices of every length, and nowhere else")
    func firstByte() {
        for count in 0...40 {
            for place in 0..<count {
                var bytes = [UInt8](repeating: 0xff, count: count + 2)
                bytes[0] = 0x2c
                bytes[count + 1] = 0x2c
                #expect(first(0x2c, in: bytes, Slice(1, count + 1)) == nil)
                bytes[place + 1] = 0x2c
                #expect(first(0x2c, in: bytes, Slice(1, count + 1)) == place + 1)
                bytes[count] = 0x2c
                #expect(first(0x2c, in: bytes, Slice(1, count + 1)) == place + 1)
            }
        }
    }

    @Test("every value of a byte is found among all others, zero and those above 127 included")
    func everyByte() {
        let bytes = (UInt8.min...UInt8.max).map { $0 }
        for byte in bytes { #expect(first(byte, in: bytes, Slice(0, 256)) == Int(byte)) }
    }

    private func first(_ byte: UInt8, in bytes: [UInt8], _ slice: Slice) -> Int? {
        bytes.span.first(byte, in: slice)
    }

    @Test(
        "white space is taken off both ends",
        arguments: [("", ""), (" \t\r\n", ""), ("a", "a"), (" a b\r\n ", "a b")]
    )
    func trimming(text: String, expected: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.text(bytes.span.trimmed(Slice(0, bytes.count))) == expected)
    }

    @Test(
        "numbers are decimal digits up to 4,294,967,295",
        arguments: [
            ("0", 0), ("007", 7), ("4294967295", 4_294_967_295), ("4294967296", nil), ("", nil), ("-1", nil),
            ("1 ", nil),
            ("18446744073709551616", nil), ("\u{661}", nil),
        ] as [(String, UInt32?)]
    )
    func numbers(text: String, expected: UInt32?) {
        let bytes = Array(text.utf8)
        let number = bytes.span.number(Slice(0, bytes.count))
        #expect(number == expected)
    }

    @Test("comparisons ignore the case of ASCII letters alone")
    func comparison() {
        let bytes = Array("VIAvia@`[{".utf8)
        let span = bytes.span
        let equal = [
            span.equals(Slice(0, 3), ignoringCase: "via"), span.equals(Slice(3, 6), "via"),
            span.equals(Slice(0, 3), ignoringCase: span, Slice(3, 6)),
            span.equals(Slice(3, 6), span, Slice(3, 6)),
        ]
        let different = [
            span.equals(Slice(0, 3), "via"), span.equals(Slice(0, 3), span, Slice(3, 6)),
            span.equals(Slice(6, 7), ignoringCase: "`"), span.equals(Slice(8, 9), ignoringCase: "{"),
            span.equals(Slice(0, 2), ignoringCase: "via"),
        ]
        #expect(equal == [true, true, true, true])
        #expect(different == [false, false, false, false, false])
    }

    @Test("the bytes of a token are those of RFC 3261 §25.1")
    func tokens() {
        let token = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~".utf8)
        for byte in UInt8.min...UInt8.max { #expect(isTokenByte(byte) == token.contains(byte)) }
    }

    @Test("bytes that are not UTF-8 become text for people without harm")
    func text() {
        let bytes: [UInt8] = [0x41, 0xc0, 0xaf, 0x42]
        #expect(bytes.text(Slice(0, 4)).hasPrefix("A\u{fffd}"))
    }
}
