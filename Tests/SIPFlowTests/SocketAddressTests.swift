import SIPFlow
import Testing

@Suite("Socket addresses")
struct SocketAddressTests {
    @Test(
        "an address and a port are read; the port may be left out",
        arguments: [
            ("10.0.0.1:5070", "10.0.0.1:5070"), ("10.0.0.1", "10.0.0.1:5060"),
            ("[2001:db8::1]:5070", "[2001:db8::1]:5070"),
            ("[2001:db8::1]", "[2001:db8::1]:5060"), ("2001:DB8::1", "[2001:db8::1]:5060"),
            ("::1", "[::1]:5060"),
            ("0.0.0.0:0", "0.0.0.0:0"), ("[::]:65535", "[::]:65535"),
            ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.1]:1"),
        ]
    )
    func texts(text: String, canonical: String) {
        let address = SocketAddress(text, defaultPort: 5_060)
        #expect(address?.description == canonical)
        #expect(SocketAddress(canonical, defaultPort: 1) == address)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", ":", ":5060", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:-1", "10.0.0.1:+5", "10.0.0.1:5060x",
            "10.0.0.1 :5060",
            "example.com:5060", "localhost", "[::1", "[::1]x", "[::1]:", "[::1]:x", "[]:5060", "1.2.3.4:5:6",
            "[10.0.0.1]:5060",
        ]
    )
    func refused(text: String) {
        #expect(SocketAddress(text, defaultPort: 5_060) == nil)
    }

    @Test(
        "the host alone stands in brackets when it is IPv6",
        arguments: [("10.0.0.1:1", "10.0.0.1"), ("[::1]:1", "[::1]")]
    )
    func host(text: String, expected: String) throws {
        var bytes: [UInt8] = []
        try #require(SocketAddress(text, defaultPort: 1)).appendHost(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
