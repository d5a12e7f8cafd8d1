import SIPCore
import SIPFlow
import SIPReport
import Testing

/// A document of a NOTIFY, as far as the tests ask for it.
struct RegInfo {
    let text: String

    init(_ notify: Sent) { text = notify.body }

    /// The first value of an attribute in a part of the document.
    static func value(_ name: String, in part: some StringProtocol) -> String? {
        guard let start = part.firstRange(of: " \(name)=\"") else { return nil }
        return String(part[start.upperBound...].prefix { $0 != "\"" })
    }

    private func element(_ name: String) -> Substring {
        guard let start = text.firstRange(of: "<\(name) ") else { return "" }
        return text[start.lowerBound...].prefix { $0 != ">" }
    }

    var version: String? { Self.value("version", in: element("reginfo")) }
    var state: String? { Self.value("state", in: element("reginfo")) }
    var registration: String? { Self.value("state", in: element("registration")) }
    var aor: String? { Self.value("aor", in: element("registration")) }

    /// The contact elements, whole.
    var contacts: [Substring] {
        Array(text.split(separator: "<contact").dropFirst())
    }
    /// Each contact as `port state event`.
    var events: [String] {
        contacts.map { contact in
            let uri = contact.split(separator: "<uri>").dropFirst().first?.prefix { $0 != "<" } ?? ""
            let state = Self.value("state", in: contact) ?? ""
            return "\(uri.suffix(4)) \(state) \(Self.value("event", in: contact) ?? "")"
        }
    }
}

extension Rig {
    /// A SUBSCRIBE of a watcher on port 5090 arrives.
    func subscribe(
        to uri: String = "sip:bob@example.test",
        from watcher: String = "watcher",
        event: String? = "reg",
        expires: String? = "600",
        callID: String = "w1",
        cseq: Int = 1,
        toTag: String? = nil,
        contact: String? = "<sip:watcher@127.0.0.1:5090>",
        extra: [String] = []
    ) {
        var lines = extra
        if let event { lines.append("Event: \(event)") }
        if let expires { lines.append("Expires: \(expires)") }
        if let contact { lines.append("Contact: \(contact)") }
        receive(
            Make.request(
                "SUBSCRIBE",
                uri,
                from: watcher,
                to: "sip:bob@example.test",
                port: "5090",
                branch: "s\(callID)\(cseq)\(toTag ?? "")\(lines.count)",
                callID: callID,
                cseq: cseq,
                toTag: toTag,
                extra: lines,
                contact: false
            ),
            from: "5090"
        )
    }

    /// A rig with bob registered and watched; what was sent so far is taken and answered.
    static func watching(
        registered: Bool = true,
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) throws -> (rig: Rig, tag: String) {
        let rig = Rig(change)
        if registered { rig.register("bob", port: "5080") }
        rig.subscribe()
        let sent = rig.take(to: "5090")
        let notify = try #require(sent.last)
        try #require(sent.map(\.method) == ["SUBSCRIBE", "NOTIFY"])
        rig.answer(200, to: notify)
        // The pace of usual news is over.
        rig.advance(.seconds(10))
        let tag = try #require(notify.headers("From").first?.split(separator: "tag=").last)
        _ = rig.take()
        return (rig, String(tag))
    }

    /// The one document that the watcher got; the NOTIFY is answered.
    func document(sourceLocation: SourceLocation = #_sourceLocation) -> RegInfo? {
        guard let notify = one(to: "5090", sourceLocation: sourceLocation) else { return nil }
        answer(200, to: notify)
        return RegInfo(notify)
    }

    func kick(_ act: KickAct, _ aor: String = "bob@example.test", reason: String = "") {
        _ = perform(.kick(KickRequest(targets: [.aor(aor)], act: act, reason: reason, actor: "ops")))
    }
}
