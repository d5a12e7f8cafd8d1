import SIPFlow
public import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// Who must prove who he is (RFC 3261 §16.3 step 6, §22, §26.3.2).
///
/// - Shape: once there are accounts, a REGISTER is challenged with 401, and every other request whose From is of a
///   served domain with 407. A caller from elsewhere may reach served users without either, as SIP intends, unless
///   strangers are to log in too; for anywhere else he is refused. Never asked: ACK and CANCEL, which cannot be
///   answered so; requests in a dialog that our Record-Route value proves; what we sent to ourselves, which was
///   checked when it came; and OPTIONS to the server.
extension SIPProxy {
    /// Takes other accounts in the place of all there are; an open engine takes none.
    public mutating func replaceAccounts(_ accounts: [Account]) {
        authenticator?.replaceAccounts(accounts)
        isEnforced = authenticator?.isEnforced ?? false
    }

    /// Digests that were wrong, and credentials that were not looked at after too many of those.
    public var loginFailures: (failed: Int, limited: Int) {
        switch authenticator {
        case .some(let authenticator): (authenticator.failureCount, authenticator.limitedCount)
        case .none: (0, 0)
        }
    }

    /// True when nobody gets in without an account, wherever he says that he is from.
    private var asksStrangers: Bool {
        switch authenticator {
        case .some(let authenticator): authenticator.asksStrangers
        case .none: false
        }
    }

    /// True when a request may go on; otherwise it has its answer.
    mutating func isAdmitted(
        _ id: TransactionID,
        _ route: inout RouteDecision,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        if route.isTrusted { return true }
        if domains.isOwn(route.flow.peer) {
            route.isAuthenticated = true
            return true
        }
        guard let from = index.from, let sender = try? URI(bytes, from.uri) else {
            guard asksStrangers else { return true }
            answer(id, 403, bytes, index, now: now, into: &outbox)
            return false
        }
        guard asksStrangers || domains.servesAddressOfRecord(bytes, sender) else { return true }
        if isOwn(bytes, route) {
            // The registrar challenges for itself, and asks for the address of record of To.
            if route.method == .register { return true }
            if route.method == .options && route.uri.isSIP && route.uri.user == nil { return true }
        }
        route.isAuthenticated = isGranted(
            id,
            .proxy,
            sender,
            bytes,
            index,
            over: route.flow,
            now: now,
            into: &outbox
        )
        return route.isAuthenticated
    }

    /// True when a request comes from the owner of an address of record; else it has its answer.
    mutating func isGranted(
        _ id: TransactionID,
        _ role: DigestRole,
        _ claimed: URI,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        over flow: Flow,
        now: Moment,
        into outbox: inout Outbox
    ) -> Bool {
        // Taken out and put back, so that the array keeps its room.
        var aor: [UInt8] = []
        swap(&aor, &key)
        defer { swap(&aor, &key) }
        aor.removeAll(keepingCapacity: true)
        domains.appendKey(bytes, claimed, to: &aor)
        if let target = aliases[aor] { aor = target }
        let domains = domains
        let verdict = authenticator?.check(
            bytes,
            index,
            as: role,
            aor: aor.span,
            source: flow.peer.ip,
            now: now
        ) { domains.servesAddressOfRecord($0, $1) }
        guard let verdict else { return true }
        headers.removeAll(keepingCapacity: true)
        let code: Int
        switch verdict.consequence {
        case .letIn: return true
        case .challenge(let isStale):
            code = role.code
            authenticator?.appendChallenges(
                bytes,
                index,
                role,
                aor: aor.span,
                isStale: isStale,
                now: now,
                to: &headers
            )
        case .refuse(let refusal): code = refusal
        }
        var words: [UInt8] = []
        verdict.appendWords(bytes, to: &words)
        layer.note(id, words.span)
        answer(id, code, bytes, index, now: now, into: &outbox)
        return false
    }

    /// Keeps words for people with a transaction.
    mutating func note(_ id: TransactionID, _ words: StaticString) {
        var text: [UInt8] = []
        text.append(ascii: words)
        layer.note(id, text.span)
    }

    /// The Proxy-Authorization fields that are meant for us and go no further (RFC 3261 §22.3).
    func consumedCredentials(_ bytes: Span<UInt8>, _ index: MessageIndex) -> [HeaderField] {
        guard isEnforced, index.has(.proxyAuthorization) else { return [] }
        var consumed: [HeaderField] = []
        var field = index.first(.proxyAuthorization)
        while let present = field {
            if let credentials = try? DigestCredentials(bytes, present.value),
                isOwnRealm(bytes, credentials.realm)
            {
                consumed.append(present)
            }
            field = index.next(after: present)
        }
        return consumed
    }

    private func isOwnRealm(_ bytes: Span<UInt8>, _ realm: Slice) -> Bool {
        switch authenticator {
        case .some(let authenticator): authenticator.hasRealm(bytes, realm)
        case .none: false
        }
    }
}
