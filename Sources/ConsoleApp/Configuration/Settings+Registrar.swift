import SIPFlow
import SIPRegistrar
import SIPSyntax

extension Settings {
    /// Other names of this element.
    mutating func readDomainAliases(_ reader: inout SettingsReader) {
        domainAliases = reader.texts("domain_aliases", example: "pbx.lab.test").map { $0.lowercased() }
        for alias in domainAliases where !isHostName(alias) {
            reader.note(
                "domain_aliases",
                "\"\(alias)\" is no host name",
                remedy: "write domain_aliases = [\"pbx.lab.test\"]"
            )
        }
    }

    /// What the registrar does where the RFCs leave it a choice.
    mutating func readRegistrarPolicy(_ reader: inout SettingsReader) {
        ignoresUserCase = reader.flag("ignore_user_case")
        takesTelephoneNumbers = reader.flag("telephone_numbers")
        contactsOverflow = reader.word("contacts_overflow", RegistrarPolicy.Overflow.self)
        replacesSamePhone = reader.flag("replace_same_phone")
        listsOnlyOwn = reader.flag("list_only_own")
        requiresPathSupport = reader.flag("require_path_support")
        takesOutbound = reader.flag("outbound")
        givesGRUU = reader.flag("gruu")
        pushServices = reader.texts("push_services", example: "apns")
        for service in pushServices where !isToken(service) {
            reader.note(
                "push_services",
                "\"\(service)\" is no name of a push service",
                remedy: "write push_services = [\"apns\", \"fcm\"]"
            )
        }
    }

    /// Other names of users, and the users that they lead to.
    ///
    /// - Shape: `sales = "sip:bob@lab.test"`, `"+15551234" = "bob"`, `"tel:911" = "sip:desk@lab.test"`.
    mutating func readUserAliases(_ reader: inout SettingsReader) {
        var names: [String: String] = [:]
        for name in reader.keys {
            guard let target = reader.text(name, example: "sip:bob@lab.test") else { continue }
            guard let alias = userURI(name) else {
                reader.note(name, "\"\(name)\" is no user", remedy: "write \"sales\" = \"sip:bob@lab.test\"")
                continue
            }
            guard let aor = userURI(target), !aor.hasPrefix("tel:") else {
                reader.note(
                    name,
                    "\"\(target)\" is no user",
                    remedy: "write \"\(name)\" = \"sip:bob@lab.test\""
                )
                continue
            }
            userAliases[alias] = aor
            names[alias] = name
        }
        for (alias, target) in userAliases {
            guard userAliases[target] != nil, let name = names[alias] else { continue }
            reader.note(name, "\"\(target)\" is an alias too", remedy: "name the user that it leads to")
        }
    }
}

/// A user as a URI; one without a domain is in the first one, to which `localhost` belongs.
private func userURI(_ text: String) -> String? {
    var whole = text
    if !text.lowercased().hasPrefix("sip:") && !text.lowercased().hasPrefix("tel:") { whole = "sip:" + text }
    if !whole.contains("@") && !whole.lowercased().hasPrefix("tel:") { whole += "@localhost" }
    let bytes = Array(whole.utf8)
    guard let uri = try? URI(bytes.span, Slice(0, bytes.count)), uri.headers.isEmpty else { return nil }
    return uri.isSIP && uri.user == nil ? nil : whole
}

/// True for a token (RFC 3261 §25.1).
private func isToken(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy { isTokenByte($0) } }
