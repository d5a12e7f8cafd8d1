import SIPSyntax

/// What a ladder says of one message.
struct LadderWords {
    /// `INVITE`, `180 Ringing`; `unreadable` for bytes without a readable first line.
    var label = "unreadable"
    /// The CSeq method.
    var method = ""
    /// What it carries, in a few words each.
    var tags: [String] = []

    init(_ entry: MessageEntry, _ raw: [UInt8]) {
        var index = MessageIndex()
        let bytes = raw.span
        guard entry.kind != .unreadable, (try? index.parse(bytes)) != nil else { return }
        switch index.startLine {
        case .request(_, let name, _): label = bytes.text(name)
        case .response(let code, let reason):
            label = reason.isEmpty ? String(code) : "\(code) \(bytes.text(reason))"
        }
        method = index.cseq.map { bytes.text($0.methodName) } ?? ""
        if let session = SDPSummary(index, bytes) { tags.append(session.tag) }
        addCredentials(index, bytes)
        addPlaces(entry, index, bytes)
        if let field = index.first(.reason) { tags.append(reasonWords(bytes, field.value)) }
    }

    private mutating func addCredentials(_ index: MessageIndex, _ bytes: Span<UInt8>) {
        if let field = index.first(.authorization) ?? index.first(.proxyAuthorization) {
            let user = digestParameter("username", field.value, bytes)
            tags.append(user.map { "digest \($0)" } ?? "digest")
        } else if let field = index.first(.wwwAuthenticate) ?? index.first(.proxyAuthenticate) {
            let isStale = digestParameter("stale", field.value, bytes)?.lowercased() == "true"
            tags.append(isStale ? "digest stale" : "digest")
        }
    }

    /// Where a REGISTER, a redirection or a REFER leads.
    private mutating func addPlaces(_ entry: MessageEntry, _ index: MessageIndex, _ bytes: Span<UInt8>) {
        if entry.method == .register, entry.kind == .request || entry.kind == .success {
            if let expires = expires(index, bytes) { tags.append("expires \(expires)") }
        }
        if entry.kind == .redirect, let uri = address(index.first(.contact), bytes) {
            tags.append("to \(uri)")
        }
        if entry.kind == .request, let uri = address(index.first(.referTo), bytes) {
            tags.append("to \(uri)")
        }
    }

    /// The seconds that a REGISTER asks for, or is granted, for its first contact (RFC 3261 §10.2.1.1).
    private func expires(_ index: MessageIndex, _ bytes: Span<UInt8>) -> UInt32? {
        if let field = index.first(.contact) {
            var values = ValueCursor(field.value)
            if let value = values.next(bytes), let contact = try? NameAddress(bytes, value),
                let own = bytes.parameter("expires", in: contact.parameters)?.value,
                let seconds = bytes.number(own)
            {
                return seconds
            }
        }
        return index.first(.expires).flatMap { bytes.number($0.value) }
    }

    private func address(_ field: HeaderField?, _ bytes: Span<UInt8>) -> String? {
        guard let field else { return nil }
        var values = ValueCursor(field.value)
        guard let value = values.next(bytes), let address = try? NameAddress(bytes, value) else { return nil }
        return bytes.text(address.uri)
    }

    /// A parameter of a Digest challenge or answer: `Digest name=value, name="value"`.
    private func digestParameter(_ name: StaticString, _ field: Slice, _ bytes: Span<UInt8>) -> String? {
        guard let space = bytes.first(0x20, in: field) else { return nil }
        var values = ValueCursor(Slice(space + 1, field.end))
        while let value = values.next(bytes) {
            guard let parameter = bytes.parameter(name, in: value), let text = parameter.value else {
                continue
            }
            return bytes.text(bytes.unquoted(text))
        }
        return nil
    }
}
