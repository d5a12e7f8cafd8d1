import SIPFlow
import Testing

@Suite("Bytes")
struct BytesTests {
    @Test("spans and literals are appended whole")
    func appending() {
        var bytes = Array("a".utf8)
        let more = Array("bc".utf8)
        bytes.append(copying: more.span)
        bytes.append(copying: more.span.extracting(1..<1))
        bytes.append(ascii: "d\r\n")
        #expect(bytes == Array("abcd\r\n".utf8))
    }

    @Test("network bytes become text; what is not UTF-8 is replaced")
    func text() {
        let bytes: [UInt8] = [0x41, 0xff, 0xc3, 0xa9]
        let text = String(bytes: bytes.span)
        #expect(text == "A\u{fffd}é")
    }

    @Test(
        "numbers are written in decimal",
        arguments: [(0, "0"), (9, "9"), (10, "10"), (.max, "18446744073709551615")] as [(UInt64, String)]
    )
    func decimal(number: UInt64, text: String) {
        var bytes: [UInt8] = []
        appendDecimal(number, to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
}
