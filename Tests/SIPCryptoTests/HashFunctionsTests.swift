import SIPCrypto
import SIPRegistrar
import Testing

@Suite("Hash functions of libcrypto")
struct HashFunctionsTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    @Test(
        "MD5 and SHA-256 give the values of RFC 1321 §A.5 and RFC 6234 §8.5",
        arguments: [
            (
                "", "d41d8cd98f00b204e9800998ecf8427e",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            ),
            (
                "abc", "900150983cd24fb0d6963f7d28e17f72",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
        ]
    )
    func vectors(text: String, md5: String, sha256: String) {
        let bytes = Array(text.utf8)
        #expect(hex(HashFunctions.system.md5(bytes.span)) == md5)
        #expect(hex(HashFunctions.system.sha256(bytes.span)) == sha256)
    }

    @Test("an account keeps HA1 of the example of RFC 7616 §3.9.1, and no password")
    func account() {
        let account = Account(
            user: "Mufasa",
            realm: "http-auth@example.org",
            password: "Circle of Life",
            hashes: .system
        )
        #expect(hex(account.md5) == "3d78807defe7de2157e2b0b6573a855f")
        #expect(
            hex(account.sha256) == "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232"
        )
    }
}
