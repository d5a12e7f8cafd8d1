import Testing

@testable import ConsoleApp

@Suite("Messages of the demo's phones")
struct PhoneMessageTests {
    @Test("what a phone writes it reads again")
    func roundTrip() throws {
        var message = PhoneMessage(startLine: "INVITE sip:b@demo.test SIP/2.0")
        message.add("Via", "SIP/2.0/UDP 127.0.0.1:1;branch=z9hG4bK7, SIP/2.0/UDP 127.0.0.1:2;branch=z9hG4bK8")
        message.add("Contact", "\"a, b\" <sip:a@127.0.0.1;x=1,2>;expires=60")
        message.add("CSeq", "7 INVITE")
        message.body = "v=0\r\ns=-\r\n"
        let read = try #require(PhoneMessage(message.bytes))
        #expect(read.method == "INVITE")
        #expect(read.code == nil)
        #expect(read.sequence == 7)
        #expect(read.transaction == "z9hG4bK7 INVITE")
        #expect(read.values("Via").count == 2)
        #expect(read.values("contact").count == 1)
        #expect(read.body == message.body)
    }

    @Test("parameters are those of the header field, not of the URI")
    func parameters() {
        let value = "<sip:a@127.0.0.1:5060;transport=udp>;expires=60;q=0.5"
        #expect(parameter("expires", of: value) == "60")
        #expect(parameter("transport", of: value) == nil)
        #expect(uri(in: value) == "sip:a@127.0.0.1:5060;transport=udp")
        #expect(parameter("tag", of: "sip:a@b;tag=x") == "x")
        #expect(uri(in: "sip:a@b;tag=x") == "sip:a@b")
    }

    @Test(
        "bytes that are no SIP message are none",
        arguments: ["", "\r\n\r\n", "hello", "SIP/2.0 200 OK\r\nbroken\r\n\r\n"]
    )
    func junk(text: String) {
        #expect(PhoneMessage(Array(text.utf8)) == nil)
    }
}
