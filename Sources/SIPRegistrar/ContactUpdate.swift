import SIPSyntax

/// One Contact value of a REGISTER, and what is to be done about it.
struct ContactUpdate {
    var address: NameAddress
    var uri: URI
    /// The seconds asked for; 0 removes, nil when neither the contact nor the request names any.
    var expires: Int?
    /// The q value in thousandths; nil when none was given.
    var q: Int16?
    /// The `+sip.instance` without quotes; empty when there is none.
    var instance = Slice(0, 0)
    /// The `reg-id` as written; empty when there is none.
    var registrationID = Slice(0, 0)
    /// The binding that it updates; nil for a new contact.
    var slot: UInt32?
    /// True when it is kept as a flow (RFC 5626 §6).
    var isFlow = false
    /// True when the binding has another contact of the same phone, which this one replaces.
    var isMove = false
    /// True when an equivalent contact comes later in the same request, which then counts.
    var isOverridden = false

    /// Reads one Contact value; nil when it is malformed.
    init?(_ bytes: Span<UInt8>, _ value: Slice, expires field: Slice?) {
        guard let address = try? NameAddress(bytes, value), let uri = try? URI(bytes, address.uri) else {
            return nil
        }
        // Without brackets, what follows a question mark could be meant for the header (RFC 3261 §20.10).
        if !address.isBracketed && !uri.headers.isEmpty { return nil }
        self.address = address
        self.uri = uri
        expires = field.map { seconds(bytes, $0) }
        var cursor = ParameterCursor(address.parameters)
        while let parameter = cursor.next(bytes) {
            let text = parameter.value ?? Slice(0, 0)
            if bytes.equals(parameter.name, ignoringCase: "expires") {
                expires = seconds(bytes, text)
            } else if bytes.equals(parameter.name, ignoringCase: "q") {
                guard let q = thousandths(bytes, text) else { return nil }
                self.q = q
            } else if bytes.equals(parameter.name, ignoringCase: "+sip.instance") {
                instance = bytes.unquoted(text)
            } else if bytes.equals(parameter.name, ignoringCase: "reg-id") {
                registrationID = text
            }
        }
    }

    /// True when it takes its contact out.
    var isRemoval: Bool { expires == 0 }

    /// True when both name the same contact (RFC 3261 §19.1.4).
    func isEquivalent(_ bytes: Span<UInt8>, to other: ContactUpdate) -> Bool {
        uri.isEquivalent(bytes, to: other.uri, bytes)
    }

    /// True for a host under `.invalid`, which browsers make up since they have no address (RFC 7118 §5).
    func hasInvalidHost(_ bytes: Span<UInt8>) -> Bool {
        let count = 8
        guard uri.isSIP, uri.host.count > count else { return false }
        return bytes.equals(Slice(uri.host.end - count, uri.host.end), ignoringCase: ".invalid")
    }

    /// At most how many bytes of text a binding keeps of it.
    func storedBytes(_ index: MessageIndex) -> Int {
        var count = address.uri.count + address.parameters.count + instance.count + index.callID.count
        if let field = index.first(.userAgent) { count += field.value.count }
        var path = index.first(.path)
        while let field = path {
            count += field.value.count + 2
            path = index.next(after: field)
        }
        return count
    }
}

/// The seconds that a text stands for; a malformed one counts as 3600 (RFC 3261 §20.10, §20.19).
private func seconds(_ bytes: Span<UInt8>, _ text: Slice) -> Int {
    bytes.number(text).map(Int.init) ?? 3_600
}
