import SIPFlow
import SIPReport
import SIPTrace
import Testing

@testable import ConsoleViews

/// A row for filters, with a few fields.
private struct Sample: Filterable {
    var filterTexts: [String] { ["1001@lab.test", "Yealink SIP-T46S", "10.0.0.21:5062"] }

    func filterValue(_ field: FilterField) -> FilterValue? {
        switch field {
        case .named(.aor): .text("1001@lab.test")
        case .named(.ua): .text("Yealink SIP-T46S")
        case .named(.transport): .text("UDP")
        case .named(.method): .text("INVITE")
        case .named(.status): .number(486)
        case .named(.retrans): .number(3)
        case .named(.expires): .number(42)
        case .named(.pdd): .number(0.25)
        case .header("x-id"): .text("abc-4420")
        default: nil
        }
    }
}

@Suite("Filter")
struct FilterTests {
    @Test(
        "keeps rows as the language says",
        arguments: [
            ("", true), ("yealink", true), ("snom", false), ("t46 1001", true), ("t46 1002", false),
            ("ua:yealink", true), ("ua:snom", false), ("ua:Yea*46?", true), ("ua:t46*", false),
            ("ua=yealink", false),
            ("aor=1001@LAB.test", true), ("ua~T4[0-9]s$", true), ("ua~^SIP", false), ("ua!=x", true),
            ("transport:ud", false), ("transport:udp", true), ("status:4xx", true), ("status:486", true),
            ("status!=4xx", false), ("status>=400", true), ("5xx", false), ("4xx", true),
            ("method:INVITE status:4xx or 5xx", true), ("method:BYE status:4xx or 5xx", false),
            ("method:BYE or status:5xx and 1001", false), ("(method:BYE or 4xx) 1001", true),
            ("retrans>2 and not ua~sipp", true), ("retrans>3", false), ("not not 1001", true),
            ("!1001", false),
            ("expires<30s", false), ("expires<1m", true), ("expires=42", true), ("pdd>200ms", true),
            ("pdd<0.2", false),
            ("hdr.X-ID~+4420", false), ("hdr.X-ID~-4420", true), ("hdr.x-id:abc", true),
            ("hdr.other:x", false),
            ("/t4(5|6)s/", true), ("/t4(7|8)s/", false), ("/^10\\.0\\.0\\.\\d+:/", true),
            ("10.0.0.21:5062", true),
            ("sip:1001", false), ("\"SIP-T46S\"", true), ("branch:x", false), ("branch!=x", true),
        ]
    )
    func accepts(text: String, isAccepted: Bool) throws {
        #expect(try Filter(text).accepts(Sample()) == isAccepted)
    }

    @Test(
        "points at the column that is wrong",
        arguments: [
            ("ua:yealink colour:red", 11, "no field colour"), ("retrans:many", 8, "a number is needed"),
            ("expires<soon", 8, "a time is needed, such as 500ms 30s 5m 1h"), ("(a or", 5, "term missing"),
            ("(a", 2, "closing ) missing"), ("a)", 1, "unexpected )"), ("a or or b", 5, "term missing"),
            ("not", 3, "term missing"), ("aor<5", 4, "< needs a number or a time"),
            ("ua~a(b", 6, "missing )"),
            ("/a[/", 3, "missing ]"), ("\"a", 0, "closing \" missing"),
            ("ua:", 3, "value missing"), ("ua=~x", 2, "no operator =~"),
        ]
    )
    func errors(text: String, column: Int, message: String) {
        #expect(throws: FilterError(column: column, message: message)) { try Filter(text) }
    }

    @Test("cannot be hung by a pattern made to backtrack")
    func linear() throws {
        let pattern = try TextPattern(expression: "(a*)*(a|a)*b")
        #expect(!pattern.matches(String(repeating: "a", count: 5_000)))
    }

    @Test("never traps, whatever is typed")
    func anything() {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "ua", ":", "~", "(", ")", "or", "not", " ", "!", "/", "[", "]", "*", "+", "?", "\\", "4xx", "\"",
            "é", "<=",
        ]
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            if let filter = try? Filter(text) { _ = filter.accepts(Sample()) }
        }
    }

    @Test("asks every kind of row about every field without a trap")
    func fields() throws {
        var driver = TestDriver()
        driver.press("6", "3", "4", "2")
        let context = driver.console.state.context
        let fields = FilterField.Name.allCases.map { FilterField.named($0) } + [.header("via")]
        let mirror = context.mirror
        let item = try #require(mirror.registrations.values.first)
        let transaction = try #require(mirror.transactions.values.first)
        let call = try #require(mirror.trace.calls.first)
        let message = MessageItem(id: 1, book: mirror.trace)
        for field in fields {
            _ = item.filterValue(field, context)
            _ = transaction.filterValue(field, context)
            _ = call.filterValue(field, context)
            _ = message.filterValue(field, context)
        }
        #expect(message.filterValue(.header("via"), context) != nil)
        #expect(message.filterValue(.named(.dir), context) == .text(["out", "sent"]))
    }
}
