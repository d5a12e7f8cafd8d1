/// A question to a name server.
///
/// - Shape: the name in lower case, without the dot at its end.
public struct DNSQuestion: Sendable, Hashable {
    /// What is asked for, by its number in DNS.
    public enum Kind: UInt16, Sendable, Hashable, CaseIterable {
        /// IPv4 addresses (RFC 1035).
        case a = 1
        /// IPv6 addresses (RFC 3596).
        case aaaa = 28
        /// The servers of a service (RFC 2782).
        case srv = 33
        /// The services of a domain (RFC 3403).
        case naptr = 35

        /// The word in zone files.
        public var name: String {
            switch self {
            case .a: "A"
            case .aaaa: "AAAA"
            case .srv: "SRV"
            case .naptr: "NAPTR"
            }
        }
    }

    /// The name.
    public let name: String
    /// What is asked for.
    public let kind: Kind

    /// Asks for records of a name.
    public init(_ kind: Kind, _ name: String) {
        let lower = name.lowercased()
        self.name = lower.hasSuffix(".") ? String(lower.dropLast()) : lower
        self.kind = kind
    }

    /// False for what is no host name, or too long for one, or under `.invalid` (RFC 6761 §6.4).
    public var isAskable: Bool {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.last != "invalid" else { return false }
        return labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(isHostByte)
        }
    }
}

/// True for lower-case letters, digits, hyphen and underscore.
func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        true
    case _: false
    }
}
