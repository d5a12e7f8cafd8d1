import SIPCore
import SIPFlow
import Testing

/// The steps that many tests share; alice is on 5070 and registered nowhere, bob on 5080.
extension Rig {
    /// A rig with bob registered, called by alice; bob's INVITE, all other messages taken.
    static func calling(
        extra: [String] = [],
        _ change: (inout CoreConfiguration) -> Void = { _ in }
    ) throws -> (rig: Rig, invite: Sent) {
        let rig = Rig(change)
        rig.register("bob", port: "5080")
        rig.invite("bob", extra: extra)
        let invite = try #require(rig.take(to: "5080").first)
        _ = rig.take()
        return (rig, invite)
    }

    /// The one who got a request answers it.
    func answer(
        _ code: Int,
        to request: Sent,
        tag: String = "b1",
        contact: String? = nil,
        extra: [String] = []
    ) {
        receive(
            Make.response(code, to: request, tag: tag, contact: contact, extra: extra),
            from: request.to.description
        )
    }

    /// A request of alice's to bob, in the middle of the call or not.
    func send(
        _ method: String,
        _ uri: String = "sip:bob@example.test",
        branch: String,
        cseq: Int = 1,
        toTag: String? = nil,
        extra: [String] = []
    ) {
        receive(
            Make.request(
                method,
                uri,
                to: "sip:bob@example.test",
                port: "5070",
                branch: branch,
                cseq: cseq,
                toTag: toTag,
                extra: extra,
                contact: false
            ),
            from: "5070"
        )
    }

    /// alice hangs up before bob answers.
    func cancel() { send("CANCEL", branch: "i1") }

    /// Lets every timer run out and expects that nothing is left.
    func expectEnd(sourceLocation: SourceLocation = #_sourceLocation) {
        advance(.seconds(400))
        expectNothingLeft(sourceLocation: sourceLocation)
    }
}

/// Milliseconds since the clock's start at which messages were sent.
func times(_ sent: [Sent]) -> [Int] { sent.map { ($0.at - .zero).milliseconds } }
