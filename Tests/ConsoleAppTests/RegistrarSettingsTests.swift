import SIPCore
import SIPRegistrar
import Testing

@testable import ConsoleApp

@Suite("What the configuration file says of the registrar")
struct RegistrarSettingsTests {
    @Test(
        "names file, line, key and what to do",
        arguments: [
            (
                "domain_aliases = [\"-\"]",
                "c:1: domain_aliases: \"-\" is no host name; write domain_aliases = [\"pbx.lab.test\"]"
            ),
            (
                "[registrar]\ncontacts_overflow = \"evict\"",
                "c:2: registrar.contacts_overflow: expected one of \"refuse\", \"replace\", found \"evict\"; "
                    + "write contacts_overflow = \"refuse\""
            ),
            (
                "[registrar]\ngruu = 1",
                "c:2: registrar.gruu: expected true or false, found 1; write gruu = true, without quotes"
            ),
            (
                "[registrar]\npush_services = [\"ap ns\"]",
                "c:2: registrar.push_services: \"ap ns\" is no name of a push service; "
                    + "write push_services = [\"apns\", \"fcm\"]"
            ),
            (
                "[aliases]\nsales = 5",
                "c:2: aliases.sales: expected text in quotes, found 5; write sales = \"sip:bob@lab.test\""
            ),
            (
                "[aliases]\nsales = \"bob\"\n\"a b\" = \"bob\"",
                "c:3: aliases.a b: \"a b\" is no user; write \"sales\" = \"sip:bob@lab.test\""
            ),
            (
                "[aliases]\nsales = \"tel:+1555\"",
                "c:2: aliases.sales: \"tel:+1555\" is no user; write \"sales\" = \"sip:bob@lab.test\""
            ),
            (
                "[aliases]\nsales = \"shop\"\nshop = \"bob\"",
                "c:2: aliases.sales: \"sip:shop@localhost\" is an alias too; name the user that it leads to"
            ),
        ]
    )
    func problem(text: String, expected: String) throws {
        let problems = try #require(throws: ConfigurationProblems.self) {
            try Settings(text: text, file: "c")
        }
        #expect(problems.problems.map(\.description) == [expected])
    }

    @Test("every key reaches the engine")
    func everything() throws {
        let text = """
            domains = ["lab.test"]
            domain_aliases = ["PBX.lab.test"]
            [registrar]
            ignore_user_case = true
            telephone_numbers = false
            contacts_overflow = "replace"
            replace_same_phone = true
            list_only_own = true
            require_path_support = true
            outbound = true
            gruu = true
            push_services = ["apns", "fcm"]
            [aliases]
            sales = "sip:bob@lab.test"
            "+15551234" = "bob"
            "tel:911;phone-context=foreign.test" = "bob@lab.test"
            """
        let core = try Startup(Wishes(), Settings(text: text, file: "c"), paths: .test, machine: .test).core
        #expect(core.aliases.contains("pbx.lab.test"))
        #expect(core.ignoresUserCase)
        #expect(!core.takesTelephoneNumbers)
        #expect(
            core.userAliases == [
                "sip:sales@localhost": "sip:bob@lab.test", "sip:+15551234@localhost": "sip:bob@localhost",
                "tel:911;phone-context=foreign.test": "sip:bob@lab.test",
            ]
        )
        let policy = core.registrarPolicy
        #expect(policy.overflow == .replace)
        #expect(policy.replacesSamePhone && policy.listsOnlyOwn)
        #expect(policy.requiresPathSupport && policy.takesOutbound)
        #expect(policy.gruuKey != nil)
        #expect(policy.pushServices == ["apns", "fcm"])
    }

    @Test("without a word in the file the registrar does what RFC 3261 says, and no more")
    func defaults() throws {
        let core = try Startup(Wishes(), Settings(), paths: .test, machine: .test).core
        #expect(core.registrarPolicy == RegistrarPolicy())
        #expect(core.userAliases.isEmpty && !core.ignoresUserCase && core.takesTelephoneNumbers)
    }
}
