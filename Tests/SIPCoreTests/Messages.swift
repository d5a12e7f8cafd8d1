/// Writes the requests and responses of the tests.
enum Make {
    /// A request as a phone on a port of 127.0.0.1 sends it.
    static func request(
        _ method: String,
        _ uri: String,
        from: String = "alice",
        to: String? = nil,
        port: String,
        branch: String = "1",
        callID: String = "c1",
        cseq: Int = 1,
        fromTag: String = "a1",
        toTag: String? = nil,
        hops: Int? = 70,
        extra: [String] = [],
        contact: Bool = true,
        body: String = ""
    ) -> String {
        var lines = [
            "\(method) \(uri) SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:\(port);branch=z9hG4bK\(branch);rport",
        ]
        if let hops { lines.append("Max-Forwards: \(hops)") }
        lines += [
            "From: <sip:\(from)@example.test>;tag=\(fromTag)",
            "To: <\(to ?? uri)>" + (toTag.map { ";tag=\($0)" } ?? ""), "Call-ID: \(callID)",
            "CSeq: \(cseq) \(method)",
        ]
        if contact { lines.append("Contact: <sip:\(from)@127.0.0.1:\(port)>") }
        lines += extra
        lines += ["Content-Length: \(body.utf8.count)", "", body]
        return lines.joined(separator: "\r\n")
    }

    /// A REGISTER of one contact.
    static func register(
        _ user: String,
        port: String,
        callID: String? = nil,
        cseq: Int = 1,
        contact: String? = nil,
        expires: Int = 3_600,
        extra: [String] = []
    ) -> String {
        request(
            "REGISTER",
            "sip:example.test",
            from: user,
            to: "sip:\(user)@example.test",
            port: port,
            branch: "r\(user)\(port)\(cseq)\(callID ?? "")",
            callID: callID ?? "reg-\(user)-\(port)",
            cseq: cseq,
            extra: ["Contact: \(contact ?? "<sip:\(user)@127.0.0.1:\(port)>")", "Expires: \(expires)"]
                + extra,
            contact: false
        )
    }

    /// The response of a callee to a request that it received.
    static func response(
        _ code: Int,
        _ reason: String = "Whatever",
        to request: Sent,
        tag: String = "b1",
        contact: String? = nil,
        extra: [String] = [],
        body: String = ""
    ) -> String {
        var lines = ["SIP/2.0 \(code) \(reason)"]
        lines += request.headers("Via").map { "Via: \($0)" }
        lines += request.headers("Record-Route").map { "Record-Route: \($0)" }
        lines += request.headers("From").map { "From: \($0)" }
        lines += request.headers("To").map {
            "To: \($0)" + ($0.contains("tag=") || code == 100 ? "" : ";tag=\(tag)")
        }
        lines += request.headers("Call-ID").map { "Call-ID: \($0)" }
        lines += request.headers("CSeq").map { "CSeq: \($0)" }
        if let contact { lines.append("Contact: \(contact)") }
        lines += extra
        lines += ["Content-Length: \(body.utf8.count)", "", body]
        return lines.joined(separator: "\r\n")
    }
}

extension Rig {
    /// Registers a user's phone on a port and forgets the answer.
    func register(
        _ user: String,
        port: String,
        contact: String? = nil,
        q: String? = nil,
        extra: [String] = []
    ) {
        let uri = contact ?? "<sip:\(user)@127.0.0.1:\(port)>"
        receive(
            Make.register(user, port: port, contact: uri + (q.map { ";q=\($0)" } ?? ""), extra: extra),
            from: port
        )
        _ = take()
    }

    /// alice on 5070 calls a user; gives the INVITEs that reach the callees' ports, in the order given.
    func invite(
        _ user: String,
        branch: String = "i1",
        callID: String = "c1",
        extra: [String] = [],
        body: String = ""
    ) {
        receive(
            Make.request(
                "INVITE",
                "sip:\(user)@example.test",
                port: "5070",
                branch: branch,
                callID: callID,
                extra: extra,
                body: body
            ),
            from: "5070"
        )
    }
}
