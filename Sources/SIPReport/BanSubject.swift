public import SIPFlow

/// Who is kept out.
public enum BanSubject: Sendable, Hashable {
    /// All that comes from an IPv4 address, or from the /64 network of an IPv6 address.
    ///
    /// Made by `source(of:)`, so that each source has one value.
    case source(IPAddress)
    /// An address of record, `user@domain`.
    case aor(String)

    /// The source that an address belongs to.
    public static func source(of address: IPAddress) -> BanSubject {
        switch address {
        case .v4: .source(address)
        case .v6(let high, let low):
            high == 0 && low >> 32 == 0xffff
                ? .source(.v4(UInt32(truncatingIfNeeded: low))) : .source(.v6(high: high, low: 0))
        }
    }

    /// Reads an IP address, or an address of record: what has an `@` or a scheme.
    public init?(_ text: String) {
        if let address = IPAddress(text.hasSuffix("/64") ? String(text.dropLast(3)) : text) {
            self = .source(of: address)
        } else if text.contains("@")
            || ["sip:", "sips:", "tel:"].contains(where: text.lowercased().hasPrefix)
        {
            self = .aor(text)
        } else {
            return nil
        }
    }

    /// The address, the network or the address of record, as people write it.
    public var text: String {
        switch self {
        case .source(let address): address.isV6 ? "\(address)/64" : "\(address)"
        case .aor(let aor): aor
        }
    }
}

extension BanSubject: Comparable {
    /// Orders sources before addresses of record, both by their text.
    public static func < (left: BanSubject, right: BanSubject) -> Bool {
        switch (left, right) {
        case (.source, .aor): true
        case (.aor, .source): false
        case (.source, .source), (.aor, .aor): left.text < right.text
        }
    }
}
