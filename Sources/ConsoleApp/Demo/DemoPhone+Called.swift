import SIPFlow

extension DemoPhone {
    /// Takes in a request.
    mutating func receiveRequest(_ request: PhoneMessage, now: Moment) {
        if request.method == "ACK" { return receiveAcknowledgement(request, now: now) }
        if let old = responses[request.transaction] { return outbox.append(old) }
        switch request.method {
        case "INVITE": receiveInvite(request, now: now)
        case "CANCEL": receiveCancel(request, now: now)
        case "BYE": receiveBye(request, now: now)
        case "OPTIONS", "MESSAGE", "NOTIFY": respond(200, to: request, now: now)
        default: respond(405, to: request, now: now)
        }
    }

    /// Answers a call that rings, with 200 or a refusal.
    mutating func answer(_ callID: String, code: Int, now: Moment) {
        guard var call = calls[callID], call.state == .ringing else { return }
        var answer = response(code, to: call.invite, tag: parameter("tag", of: call.local))
        if code == 200 {
            answer.add("Content-Type", "application/sdp")
            answer.body = sessionDescription()
            call.state = .talking
            calls[callID] = call
        } else {
            end(callID, now: now)
        }
        responses[call.invite.transaction] = answer.bytes
        // Both are repeated until the ACK comes (RFC 3261 §13.3.1.4 and §17.2.1).
        send(answer, key: Self.awaitedAcknowledgement(callID), now: now)
    }

    private mutating func receiveInvite(_ invite: PhoneMessage, now: Moment) {
        guard let callID = invite["Call-ID"], let to = invite["To"] else { return }
        if parameter("tag", of: to) != nil { return receiveReinvite(invite, callID, now: now) }
        let plan = plans[callID] ?? .answer(after: .seconds(2), hangUpAfter: nil)
        if plan == .silence { return }
        var call = PhoneCall(
            state: .ringing,
            invite: invite,
            local: "\(to);tag=\(random.token())",
            remote: invite["From"] ?? "",
            target: invite["Contact"].map { uri(in: $0) } ?? "",
            sequence: 0
        )
        call.routes = invite.values("Record-Route")
        if case .answer(_, let time) = plan { call.hangUpAfter = time }
        calls[callID] = call
        switch plan {
        case .answer(let after, _): self.plan(.answer(call: callID, code: 200), at: now + after)
        case .refuse(let code, let after):
            if after == .zero { return answer(callID, code: code, now: now) }
            self.plan(.answer(call: callID, code: code), at: now + after)
        case .ring, .silence: break
        }
        let ringing = response(180, to: invite, tag: parameter("tag", of: call.local))
        responses[invite.transaction] = ringing.bytes
        outbox.append(ringing.bytes)
    }

    /// A change of a running session, hold for example: accepted with a new answer.
    private mutating func receiveReinvite(_ invite: PhoneMessage, _ callID: String, now: Moment) {
        guard calls[callID]?.state == .talking else { return respond(481, to: invite, now: now) }
        var answer = response(200, to: invite, tag: nil)
        answer.add("Content-Type", "application/sdp")
        answer.body = sessionDescription()
        responses[invite.transaction] = answer.bytes
        send(answer, key: Self.awaitedAcknowledgement(callID), now: now)
    }

    private mutating func receiveAcknowledgement(_ ack: PhoneMessage, now: Moment) {
        guard let callID = ack["Call-ID"],
            repeated.removeValue(forKey: Self.awaitedAcknowledgement(callID)) != nil,
            let call = calls[callID], call.state == .talking
        else { return }
        if let time = call.hangUpAfter { plan(.hangUp(call: callID), at: now + time) }
    }

    private mutating func receiveCancel(_ cancel: PhoneMessage, now: Moment) {
        guard let callID = cancel["Call-ID"], let call = calls[callID] else {
            return respond(481, to: cancel, now: now)
        }
        respond(200, to: cancel, tag: parameter("tag", of: call.local), now: now)
        answer(callID, code: 487, now: now)
    }

    private mutating func receiveBye(_ bye: PhoneMessage, now: Moment) {
        guard let callID = bye["Call-ID"], calls[callID] != nil else {
            return respond(481, to: bye, now: now)
        }
        respond(200, to: bye, now: now)
        end(callID, now: now)
    }

    private mutating func respond(_ code: Int, to request: PhoneMessage, tag: String? = nil, now: Moment) {
        let answer = response(code, to: request, tag: tag ?? random.token()).bytes
        responses[request.transaction] = answer
        outbox.append(answer)
        plan(.forget(key: request.transaction), at: now + Self.patience)
    }

    private static func awaitedAcknowledgement(_ callID: String) -> String { callID + " ACK" }
}
