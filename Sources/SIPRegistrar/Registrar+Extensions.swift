import SIPFlow
import SIPSyntax

/// What a REGISTER asked for beyond RFC 3261, and gets.
struct GrantedExtensions {
    /// A contact is kept as a flow (RFC 5626 §6).
    var isOutbound = false
    /// The answer names GRUUs (RFC 5627 §5.2).
    var givesGRUU = false
    /// The push service that a contact names; empty when it asks for all (RFC 8599 §5).
    var pushService: Slice?
}

extension Registrar {
    /// Reads what the phone supports, and grants what the policy allows; an answer when that is refused.
    mutating func readExtensions(_ bytes: Span<UInt8>, _ index: MessageIndex) -> RegisterAnswer? {
        if policy.requiresPathSupport, index.has(.path), !index.lists("path", in: .supported, bytes) {
            return .pathNotSupported
        }
        if !policy.pushServices.isEmpty, let refusal = readPush(bytes) { return refusal }
        if policy.gruuKey != nil, namesGRUU(bytes, index) { return .contactIsGRUU }
        return policy.takesOutbound ? readOutbound(bytes, index) : nil
    }

    /// Marks the contact that is a flow: `+sip.instance` and `reg-id`, from a phone that supports outbound.
    ///
    /// - Errors: 400 for more than one, 439 when the first hop does not keep flows (RFC 5626 §6).
    private mutating func readOutbound(_ bytes: Span<UInt8>, _ index: MessageIndex) -> RegisterAnswer? {
        guard index.lists("outbound", in: .supported, bytes) else { return nil }
        var added = 0
        for update in updates where isFlow(update, bytes) && !update.isRemoval { added += 1 }
        if added > 1 { return .severalFlows }
        guard firstHopKeepsFlows(bytes, index) else { return added > 0 ? .firstHopLacksOutbound : nil }
        for place in updates.indices where isFlow(updates[place], bytes) { updates[place].isFlow = true }
        extensions.isOutbound = added > 0
        return nil
    }

    private func isFlow(_ update: ContactUpdate, _ bytes: Span<UInt8>) -> Bool {
        guard !update.isOverridden, !update.instance.isEmpty,
            let number = bytes.number(update.registrationID)
        else { return false }
        return number > 0 && number <= Int32.max
    }

    /// True when the phone is our neighbour, or the proxy next to it wrote `ob` into the Path.
    private func firstHopKeepsFlows(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        var edge: Slice?
        var field = index.first(.path)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) { edge = value }
            field = index.next(after: present)
        }
        guard let edge else { return !hasProxies(bytes, index) }
        guard let address = try? NameAddress(bytes, edge), let uri = try? URI(bytes, address.uri) else {
            return false
        }
        return bytes.parameter("ob", in: uri.parameters) != nil
    }

    private func hasProxies(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        guard let field = index.first(.via) else { return false }
        var cursor = ValueCursor(field.value)
        return index.next(after: field) != nil || cursor.next(bytes) != nil && cursor.next(bytes) != nil
    }

    /// True when a contact is a GRUU of the very domain: it would lead back to itself (RFC 5627 §5.1).
    private func namesGRUU(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Bool {
        guard let to = index.to, let aor = try? URI(bytes, to.uri) else { return false }
        return updates.contains { update in
            !update.isRemoval && update.uri.isSIP && bytes.parameter("gr", in: update.uri.parameters) != nil
                && bytes.equals(update.uri.host, ignoringCase: bytes, aor.host)
        }
    }

    /// Finds the push service that a contact names; 555 for one that is not served (RFC 8599 §5).
    private mutating func readPush(_ bytes: Span<UInt8>) -> RegisterAnswer? {
        for update in updates where !update.isOverridden && !update.isRemoval {
            guard let provider = bytes.parameter("pn-provider", in: update.uri.parameters) else { continue }
            let name = provider.value ?? Slice(0, 0)
            guard name.isEmpty || policy.pushServices.contains(bytes.text(name)) else {
                return .pushServiceNotSupported
            }
            extensions.pushService = name
        }
        return nil
    }

    /// Appends the header lines of the extensions that were granted.
    func appendExtensions(_ bytes: Span<UInt8>, to headers: inout [UInt8]) {
        if extensions.isOutbound { headers.append(ascii: "Require: outbound\r\n") }
        guard let asked = extensions.pushService else { return }
        for service in policy.pushServices where asked.isEmpty || bytes.text(asked) == service {
            headers.append(ascii: "Feature-Caps: *;+sip.pns=\"")
            headers.append(contentsOf: service.utf8)
            headers.append(ascii: "\"\r\n")
        }
    }
}
