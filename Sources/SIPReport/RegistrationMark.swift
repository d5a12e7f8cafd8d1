/// Something odd about a registration that works all the same.
public enum RegistrationMark: String, Sendable, Hashable, CaseIterable {
    /// Its contact's user part holds a byte that must be escaped (RFC 3261 §25.1), as a bare `#`.
    case rawByte = "raw-byte"
    /// Another address of record differs from its own by upper and lower case alone.
    case caseTwin = "case-twin"
    /// A Path was put into its REGISTER although the phone does not say that it supports that.
    case unaskedPath = "unasked-path"
}

/// Which addresses of record differ from others by upper and lower case alone.
///
/// - Cost: O(1) an address of record.
public struct CaseTwins: Sendable, Hashable {
    private var spellings: [String: Set<String>] = [:]

    /// Knows no address of record yet.
    public init() {}

    /// An address of record has a binding; gives back those that differ from it by case alone.
    @discardableResult
    public mutating func insert(_ aor: String) -> Set<String> {
        let folded = aor.lowercased()
        spellings[folded, default: []].insert(aor)
        return others(of: aor)
    }

    /// An address of record lost its last binding; gives back those that differ from it by case alone.
    @discardableResult
    public mutating func remove(_ aor: String) -> Set<String> {
        let folded = aor.lowercased()
        spellings[folded]?.remove(aor)
        if spellings[folded]?.isEmpty == true { spellings[folded] = nil }
        return spellings[folded] ?? []
    }

    /// Those that differ from an address of record by case alone.
    public func others(of aor: String) -> Set<String> {
        guard let all = spellings[aor.lowercased()], all.count > 1 else { return [] }
        return all.subtracting([aor])
    }
}

extension RegistrationRow {
    /// What is odd about it, `twins` knowing all addresses of record.
    public func marks(_ twins: CaseTwins) -> [RegistrationMark] {
        RegistrationMark.allCases.filter { mark in
            switch mark {
            case .rawByte: hasRawByte
            case .caseTwin: !twins.others(of: aor).isEmpty
            case .unaskedPath: hasUnaskedPath
            }
        }
    }

    /// True when the contact's user part holds a byte that must be escaped there.
    private var hasRawByte: Bool {
        guard let colon = contact.utf8.firstIndex(of: UInt8(ascii: ":")),
            let at = contact.utf8.firstIndex(of: UInt8(ascii: "@")), colon < at
        else { return false }
        return contact.utf8[colon..<at].dropFirst().contains { !mayStandInUser($0) }
    }
}

/// True for the bytes of a user part with its password, escapes among them (RFC 3261 §25.1).
private func mayStandInUser(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case _:
        "-_.!~*'()%&=+$,;?/:".utf8.contains(byte)
    }
}
