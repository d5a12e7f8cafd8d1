import SIPFlow

extension DemoPhone {
    /// Calls a user of the demo's domain and gives back the Call-ID.
    mutating func call(_ user: String, _ plan: CallerPlan, now: Moment) -> String {
        let callID = random.token() + "@" + "\(address.ip)"
        let peer = "sip:\(user)@\(DemoCast.domain)"
        let local = "\(nameAddress);tag=\(random.token())"
        let parts = RequestParts(
            method: "INVITE",
            uri: peer,
            from: local,
            to: "<\(peer)>",
            callID: callID,
            sequence: 1
        )
        var invite = request(parts)
        invite.add("Content-Type", "application/sdp")
        invite.body = sessionDescription()
        var call = PhoneCall(
            state: .calling,
            invite: invite,
            local: local,
            remote: parts.to,
            target: peer,
            sequence: 1
        )
        call.callerPlan = plan
        calls[callID] = call
        if case .giveUp(let after) = plan { self.plan(.cancel(call: callID), at: now + after) }
        send(invite, key: invite.transaction, now: now)
        return callID
    }

    /// Asks the server what it can (RFC 3261 §11).
    mutating func askOptions(now: Moment) {
        let peer = "sip:\(DemoCast.domain)"
        let options = request(
            RequestParts(
                method: "OPTIONS",
                uri: peer,
                from: "\(nameAddress);tag=\(random.token())",
                to: "<\(peer)>",
                callID: random.token(),
                sequence: 1
            )
        )
        send(options, key: options.transaction, now: now)
    }

    /// Takes in a response to anything but REGISTER.
    mutating func receiveResponse(_ response: PhoneMessage, now: Moment) {
        guard let code = response.code, let callID = response["Call-ID"] else { return }
        guard response.transaction.hasSuffix(" INVITE") else {
            if code >= 200 { repeated[response.transaction] = nil }
            return
        }
        guard var call = calls[callID], call.invite.transaction == response.transaction else { return }
        // A provisional response stops the repeats of an INVITE.
        repeated[response.transaction] = nil
        switch code {
        case 100..<200:
            call.hasProvisional = true
            calls[callID] = call
            if call.wantsCancel { sendCancel(call, now: now) }
        case 200..<300: answered(callID, response, now: now)
        default:
            outbox.append(acknowledgement(of: response, call).bytes)
            end(callID, now: now)
        }
    }

    /// Gives up a call that was not answered.
    mutating func cancel(_ callID: String, now: Moment) {
        guard var call = calls[callID], call.state == .calling, !call.wantsCancel else { return }
        call.wantsCancel = true
        calls[callID] = call
        if call.hasProvisional { sendCancel(call, now: now) }
    }

    /// Ends an answered call.
    mutating func hangUp(_ callID: String, now: Moment) {
        guard var call = calls[callID], call.state == .talking else { return }
        call.sequence += 1
        calls[callID] = call
        let bye = request(
            RequestParts(
                method: "BYE",
                uri: call.target,
                from: call.local,
                to: call.remote,
                callID: callID,
                sequence: call.sequence,
                routes: call.routes
            )
        )
        send(bye, key: bye.transaction, now: now)
        end(callID, now: now)
    }

    /// Marks a call as over, and forgets it when no repeat can come any more.
    mutating func end(_ callID: String, now: Moment) {
        guard var call = calls[callID], call.state != .over else { return }
        call.state = .over
        calls[callID] = call
        plan(.forget(key: callID), at: now + Self.patience)
    }

    private mutating func sendCancel(_ call: PhoneCall, now: Moment) {
        let invite = call.invite
        let cancel = request(
            RequestParts(
                method: "CANCEL",
                uri: call.target,
                from: call.local,
                to: invite["To"] ?? "",
                callID: invite["Call-ID"] ?? "",
                sequence: invite.sequence,
                branch: Self.branch(of: invite)
            )
        )
        guard repeated[cancel.transaction] == nil else { return }
        send(cancel, key: cancel.transaction, now: now)
    }

    private mutating func answered(_ callID: String, _ response: PhoneMessage, now: Moment) {
        guard var call = calls[callID] else { return }
        if let acknowledgement = call.acknowledgement { return outbox.append(acknowledgement) }
        call.remote = response["To"] ?? call.remote
        call.target = response["Contact"].map { uri(in: $0) } ?? call.target
        call.routes = response.values("Record-Route").reversed()
        let ack = request(
            RequestParts(
                method: "ACK",
                uri: call.target,
                from: call.local,
                to: call.remote,
                callID: callID,
                sequence: call.invite.sequence,
                routes: call.routes
            )
        )
        call.acknowledgement = ack.bytes
        call.state = .talking
        calls[callID] = call
        outbox.append(ack.bytes)
        if call.wantsCancel {
            // The answer and our CANCEL crossed (RFC 3261 §9.1): the call is there, and is hung up.
            hangUp(callID, now: now)
        } else if case .talk(let time?)? = call.callerPlan {
            plan(.hangUp(call: callID), at: now + time)
        }
    }

    /// The ACK to a refusal belongs to the INVITE's transaction (RFC 3261 §17.1.1.3).
    private mutating func acknowledgement(of response: PhoneMessage, _ call: PhoneCall) -> PhoneMessage {
        request(
            RequestParts(
                method: "ACK",
                uri: call.invite.startLine.split(separator: " ").dropFirst().first.map(String.init) ?? "",
                from: call.local,
                to: response["To"] ?? "",
                callID: response["Call-ID"] ?? "",
                sequence: call.invite.sequence,
                branch: Self.branch(of: call.invite)
            )
        )
    }

    private static func branch(of invite: PhoneMessage) -> String? {
        invite.values("Via").first.flatMap { parameter("branch", of: $0) }
    }
}
