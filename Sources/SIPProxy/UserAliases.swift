import SIPSyntax

/// Other names of users: extensions, telephone numbers, groups of one (RFC 3261 §16.5).
///
/// - Shape: an alias leads to one address of record, whose bindings are then the targets. It has none itself.
struct UserAliases {
    private var targets: [[UInt8]: [UInt8]] = [:]

    /// Takes names and the addresses of record that they lead to, all as URIs; what is no URI is left out.
    init(_ names: [String: String], _ domains: ServedDomains) {
        for (name, target) in names {
            guard let key = Self.key(name, domains), let aor = Self.key(target, domains) else { continue }
            targets[key] = aor
        }
    }

    /// The address of record that an alias leads to.
    subscript(key: [UInt8]) -> [UInt8]? {
        targets.isEmpty ? nil : targets[key]
    }

    /// True for the key of an alias.
    func contains(_ key: [UInt8]) -> Bool { self[key] != nil }

    private static func key(_ text: String, _ domains: ServedDomains) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard let uri = try? URI(bytes.span, Slice(0, bytes.count)) else { return nil }
        var key: [UInt8] = []
        domains.appendKey(bytes.span, uri, to: &key)
        return key
    }
}
