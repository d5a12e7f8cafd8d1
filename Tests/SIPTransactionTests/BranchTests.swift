import SIPFlow
import SIPSyntax
import Testing

@testable import SIPTransaction

@Suite("Branch")
struct BranchTests {
    @Test(
        "F07 begins with the cookie and reads back as written",
        arguments: [0, 1, 0xffff_ffff_ffff_ffff] as [UInt64]
    )
    func roundTrip(number: UInt64) {
        let branch = Branch(transaction: TransactionID(number: number), loopHash: ~number)
        var bytes: [UInt8] = []
        branch.append(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("z9hG4bK"))
        #expect(bytes.count == 39)
        #expect(Branch(bytes.span, Slice(0, bytes.count)) == branch)
    }

    @Test(
        "reads nothing into a branch of somebody else",
        arguments: ["", "z9hG4bK", "z9hG4bK77asjd", "z9hG4bK" + String(repeating: "g", count: 32), "1"]
    )
    func foreign(text: String) {
        let bytes = Array(text.utf8)
        #expect(Branch(bytes.span, Slice(0, bytes.count)) == nil)
    }
}
