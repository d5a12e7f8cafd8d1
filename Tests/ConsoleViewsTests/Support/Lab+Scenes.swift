import SIPFlow
import SIPReport
import SIPTrace

@testable import ConsoleViews

extension Lab {
    private static let sdp = "Content-Type: application/sdp"

    /// Phones, a call that forks to three, one that was busy, one that talks, and a message nobody understands.
    static func busyOffice() -> Lab {
        var lab = Lab()
        lab.phones()
        lab.busyCall()
        lab.talkingCall()
        lab.registerMessages()
        lab.pass(.received, peer(99), after: 200, drop: .malformed, "\u{1b}]0;owned\u{7} nonsense\r\n\r\n")
        lab.forkedCall()
        lab.counters.received = 1_640
        lab.counters.sent = 2_011
        lab.counters.requests = 1_200
        lab.counters.invites = 120
        lab.counters.registers = 700
        lab.counters.options = 90
        lab.counters.responses = [230, 850, 2, 41, 3, 0]
        lab.counters.retransmissions = 24
        lab.counters.drops = ["malformed": 1, "keep-alive": 40]
        return lab
    }

    private mutating func phones() {
        register("1001", host: 21, port: 5_062, ago: 708, refreshes: 14, reachability: .prompt, rtt: 12)
        register("1002", host: 22, expires: 600, ago: 479, reachability: .late, rtt: 1_240)
        register("1003", host: 23, agent: "PolycomVVX-VVX_450-UA/5.9", ago: 496, refreshes: 3)
        register("1009", host: 40, ago: 3_582, refreshes: 1)
        register(
            "1011",
            host: 31,
            port: 40_112,
            agent: "Linphone-Desktop/5.2.4",
            ago: 140,
            contact: "sip:1011@192.168.1.20:5060;transport=udp"
        )
        register("1011", host: 32, agent: "baresip v3.16", ago: 12)
        register("2002", host: 57, agent: "Snom D785", ago: 900, reachability: .dead, rtt: 9)
        register("reception.ground-floor", host: 58, agent: "漢字 phone ☎", ago: 60)
    }

    private mutating func busyCall() {
        let call = Script(callID: "b05y@10.0.0.24", from: "1004", to: "4477")
        let caller = Self.peer(24)
        let callee = Self.peer(60)
        let near = "10.0.0.24:5060;branch=z9hG4bK-b1"
        let far = "10.0.0.1:5060;branch=z9hG4bK-p1 " + near
        pass(.received, caller, call.request("INVITE", via: near, [Self.sdp], body: Script.session(24)))
        pass(.sent, caller, isOwn: true, call.response("100 Trying", via: near))
        pass(.sent, callee, call.request("INVITE", via: far, [Self.sdp], body: Script.session(24)))
        pass(.received, callee, after: 60, call.response("486 Busy Here", via: far, toTag: "x"))
        pass(.sent, callee, isOwn: true, call.request("ACK", via: far, toTag: "x"))
        pass(.sent, caller, call.response("486 Busy Here", via: near, toTag: "x"))
        pass(.received, caller, after: 3, call.request("ACK", via: near, toTag: "x"))
    }

    private mutating func talkingCall() {
        let call = Script(callID: "t4lk@10.0.0.30", from: "1030", to: "1031")
        let caller = Self.peer(30)
        let callee = Self.peer(33)
        let near = "10.0.0.30:5060;branch=z9hG4bK-t1"
        let far = "10.0.0.1:5060;branch=z9hG4bK-p2 " + near
        pass(
            .received,
            caller,
            after: 900,
            call.request("INVITE", via: near, [Self.sdp], body: Script.session(30))
        )
        pass(.sent, caller, isOwn: true, call.response("100 Trying", via: near))
        pass(.sent, callee, call.request("INVITE", via: far, [Self.sdp], body: Script.session(30)))
        pass(.received, callee, after: 84, call.response("180 Ringing", via: far, toTag: "y"))
        pass(.sent, caller, call.response("180 Ringing", via: near, toTag: "y"))
        let answer = [Self.sdp, "Contact: <sip:1031@10.0.0.33>"]
        pass(
            .received,
            callee,
            after: 5_600,
            call.response("200 OK", via: far, toTag: "y", answer, body: Script.session(33))
        )
        pass(.sent, caller, call.response("200 OK", via: near, toTag: "y", answer, body: Script.session(33)))
    }

    private mutating func registerMessages() {
        var dialog = Script(callID: "reg-1001@10.0.0.21", from: "1001", to: "1001", cseq: "15 REGISTER")
        let phone = Self.peer(21, 5_062)
        let via = "10.0.0.21:5062;branch=z9hG4bK-r1"
        let contact = "Contact: <sip:1001@10.0.0.21:5062>;expires=3600"
        pass(
            .received,
            phone,
            after: 400,
            dialog.request("REGISTER", via: via, [contact, "User-Agent: Yealink SIP-T46S"])
        )
        pass(.sent, phone, dialog.response("200 OK", via: via, toTag: "r", [contact]))
        dialog.cseq = "16 REGISTER"
        let next = "10.0.0.21:5062;branch=z9hG4bK-r2"
        pass(.received, phone, after: 3_000, dialog.request("REGISTER", via: next, [contact]))
        pass(.sent, phone, dialog.response("200 OK", via: next, toTag: "r", [contact]))
    }

    private mutating func forkedCall() {
        let call = Script(callID: "8f2c77ab01d94e5f@10.0.0.21", from: "1001", to: "2002")
        let caller = Self.peer(21, 5_062)
        let near = "10.0.0.21:5062;branch=z9hG4bK-1c0"
        func far(_ branch: String) -> String { "10.0.0.1:5060;branch=z9hG4bK-\(branch) \(near)" }
        let phones = [Self.peer(22), Self.peer(57), Self.peer(58)]
        let began = now + .milliseconds(100)
        pass(
            .received,
            caller,
            after: 100,
            call.request("INVITE", via: near, [Self.sdp], body: Script.session(21))
        )
        pass(.sent, caller, isOwn: true, call.response("100 Trying", via: near))
        for (place, phone) in phones.enumerated() {
            pass(
                .sent,
                phone,
                call.request("INVITE", via: far("77a\(place)"), [Self.sdp], body: Script.session(21))
            )
        }
        let ringing = call.response(
            "180 Ringing",
            via: far("77a0"),
            toTag: "b71",
            ["Contact: <sip:2002@10.0.0.22>"]
        )
        pass(.received, phones[0], after: 38, ringing)
        pass(
            .sent,
            caller,
            call.response("180 Ringing", via: near, toTag: "b71", ["Contact: <sip:2002@10.0.0.22>"])
        )
        pass(.received, phones[2], after: 24, call.response("486 Busy Here", via: far("77a2"), toTag: "c9"))
        pass(.sent, phones[2], isOwn: true, call.request("ACK", via: far("77a2"), toTag: "c9"))
        let again = call.request("INVITE", via: far("77a1"), [Self.sdp], body: Script.session(21))
        pass(.sent, phones[1], after: 437, isRepeat: true, again)
        pass(.sent, phones[1], after: 1_001, isRepeat: true, again)
        transactions(of: call.callID, caller, phones, began)
    }

    private mutating func transactions(of callID: String, _ caller: Flow, _ phones: [Flow], _ began: Moment) {
        now = now + .milliseconds(500)
        add(
            TransactionRow(
                id: 41,
                role: .server,
                method: "INVITE",
                state: .proceeding,
                branch: "z9hG4bK-1c0",
                flow: caller,
                startedAt: began,
                callID: callID,
                code: 180
            )
        )
        add(
            TransactionRow(
                id: 42,
                role: .client,
                method: "INVITE",
                state: .proceeding,
                branch: "z9hG4bK-77a0",
                flow: phones[0],
                startedAt: began,
                timers: [RunningTimer(name: .c, deadline: began + .seconds(181))],
                callID: callID,
                parent: 41,
                fork: 0,
                code: 180
            )
        )
        add(
            TransactionRow(
                id: 43,
                role: .client,
                method: "INVITE",
                state: .calling,
                branch: "z9hG4bK-77a1",
                flow: phones[1],
                startedAt: began,
                timers: [
                    RunningTimer(name: .a, deadline: began + .milliseconds(3_500)),
                    RunningTimer(name: .b, deadline: began + .seconds(32)),
                ],
                retransmits: 2,
                callID: callID,
                parent: 41,
                fork: 1
            )
        )
        add(
            TransactionRow(
                id: 44,
                role: .client,
                method: "INVITE",
                state: .completed,
                branch: "z9hG4bK-77a2",
                flow: phones[2],
                startedAt: began,
                timers: [RunningTimer(name: .d, deadline: began + .seconds(30))],
                callID: callID,
                parent: 41,
                fork: 2,
                code: 486
            )
        )
        add(
            TransactionRow(
                id: 45,
                role: .server,
                method: "REGISTER",
                state: .completed,
                branch: "z9hG4bK-r2",
                flow: caller,
                startedAt: began - .seconds(1),
                timers: [RunningTimer(name: .j, deadline: began + .seconds(31))],
                callID: "reg-1001@10.0.0.21",
                code: 200
            )
        )
        add(
            TransactionRow(
                id: 46,
                role: .client,
                method: "OPTIONS",
                state: .terminated,
                branch: "z9hG4bK-o1",
                flow: Self.peer(90),
                startedAt: began - .seconds(33),
                retransmits: 10,
                callID: "ping@10.0.0.1",
                note: "no reply at all (timer F)",
                endedBy: .f,
                endedAt: now
            )
        )
    }
}

extension Lab {
    /// So many registered phones, and nothing else.
    static func crowd(_ count: Int) -> Lab {
        var lab = Lab()
        for number in 0..<count {
            lab.register(
                String(100_000 + number * 7_919 % count),
                host: UInt32(number % 250 + 1),
                port: UInt16(1_024 + number % 60_000),
                ago: number % 3_000,
                refreshes: number % 9
            )
        }
        return lab
    }
}

extension Lab {
    /// A call to a name: its first server was silent, the second has no room, the third rings.
    mutating func failover() {
        let began = now - .seconds(33)
        add(
            TransactionRow(
                id: 61,
                role: .server,
                method: "INVITE",
                state: .proceeding,
                branch: "z9hG4bK-f0",
                flow: Self.peer(21, 5_062),
                startedAt: began,
                callID: "f41l@10.0.0.21",
                code: 180,
                targets: [
                    TargetVerdict(target: "10.0.0.71:5060", verdict: "no reply at all (timer B)"),
                    TargetVerdict(target: "10.0.0.72:5060", verdict: "answered 503"),
                ]
            )
        )
        add(
            TransactionRow(
                id: 62,
                role: .client,
                method: "INVITE",
                state: .completed,
                branch: "z9hG4bK-f2",
                flow: Self.peer(72),
                startedAt: began + .seconds(32),
                timers: [RunningTimer(name: .d, deadline: now + .seconds(31))],
                callID: "f41l@10.0.0.21",
                parent: 61,
                fork: 1,
                code: 503
            )
        )
        add(
            TransactionRow(
                id: 63,
                role: .client,
                method: "INVITE",
                state: .proceeding,
                branch: "z9hG4bK-f3",
                flow: Self.peer(73),
                startedAt: began + .seconds(32),
                timers: [RunningTimer(name: .c, deadline: now + .seconds(180))],
                callID: "f41l@10.0.0.21",
                parent: 61,
                fork: 2,
                code: 180
            )
        )
    }
}

extension Lab {
    /// A phone with a wrong password that registers every two seconds: a challenge and a refusal each time.
    @discardableResult
    mutating func registerLoop(
        user: String,
        host: UInt32,
        count: Int,
        callID: (Int) -> String = { _ in "l00p@10.0.0.24" },
        from first: UInt64 = 700
    ) -> [TransactionRow] {
        let began = now - .seconds(2 * count)
        var rows: [TransactionRow] = []
        for number in 0..<2 * count {
            rows.append(
                TransactionRow(
                    id: first + UInt64(number),
                    role: .server,
                    method: "REGISTER",
                    state: .completed,
                    branch: "z9hG4bK-l\(number)",
                    flow: Self.peer(host),
                    startedAt: began + .seconds(number),
                    timers: [RunningTimer(name: .j, deadline: began + .seconds(number + 32))],
                    callID: callID(number / 2),
                    code: 401,
                    note: number % 2 == 0 ? "challenged: no credentials yet" : "wrong password of \(user)"
                )
            )
        }
        for row in rows { add(row) }
        return rows
    }
}
