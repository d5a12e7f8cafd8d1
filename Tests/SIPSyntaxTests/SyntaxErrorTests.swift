import SIPSyntax
import Testing

@Suite("Syntax errors")
struct SyntaxErrorTests {
    @Test(
        "a reason is fit for a reason phrase: it names the field, and has no line end",
        arguments: [
            (.missingHeader(.callID), "Missing Call-ID"), (.duplicateHeader(.to), "Duplicate To"),
            (.malformedValue(.cseq), "Malformed CSeq"),
            (.sequenceMethodMismatch, "CSeq Method Does Not Match Request Method"),
            (.empty, "Empty Message"), (.notSIP, "Not SIP"), (.malformedStartLine, "Malformed Request-Line"),
            (.malformedRequestURI, "Malformed Request-URI"), (.unsupportedVersion, "Version Not Supported"),
            (.statusOutOfRange, "Status Code Out of Range"), (.malformedHeader, "Malformed Header Field"),
            (.unterminatedHeaders, "Header Fields End Without an Empty Line"),
            (.tooManyHeaders, "Too Many Header Fields"), (.bodyTooShort, "Body Shorter Than Content-Length"),
            (.malformedURI, "Malformed URI"), (.unterminatedQuote, "Unterminated Quote"),
            (.malformedCredentials, "Malformed Credentials"),
        ] as [(SyntaxError.Reason, String)]
    )
    func texts(reason: SyntaxError.Reason, text: String) {
        #expect(SyntaxError(reason, at: 0).text == text)
    }
}
