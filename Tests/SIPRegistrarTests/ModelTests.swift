import SIPFlow
import Testing

@testable import SIPRegistrar

/// The rules of RFC 3261 §10.3 and RFC 5626 §6 once more, as plainly as can be, to compare with.
private struct Model {
    struct Entry {
        var id: Int
        /// The number of the contact, whatever its spelling.
        var contact: Int
        var text: String
        var phone: Phone
        var isFlow: Bool
        var agent: String?
        var callID: String
        var cseq: Int
        var q: Int?
        var refreshed: Int
        var end: Int

        var rank: Int { q ?? 1_000 }
    }

    /// What tells one phone from another.
    struct Phone: Equatable {
        var instance: Int?
        var flow: Int?
    }

    struct Wish {
        var contact: Int
        var text: String
        var phone: Phone
        var q: Int?
        var expires: Int?
    }

    struct Request {
        var wishes: [Wish]
        var callID: String
        var cseq: Int
        var agent: String?
        var supportsOutbound: Bool
    }

    static let limit = 4
    var policy: RegistrarPolicy
    /// Newest first.
    var entries: [Entry] = []
    private var lastID = 0

    init(_ policy: RegistrarPolicy) { self.policy = policy }

    /// The status code; changes nothing unless it is 200.
    mutating func register(_ request: Request, now: Int) -> Int {
        entries.removeAll { $0.end <= now }
        let last = request.wishes.indices.filter { place in
            !request.wishes[(place + 1)...].contains { $0.contact == request.wishes[place].contact }
        }
        let wishes = last.map { request.wishes[$0] }
        let isFlow = wishes.map { wish in
            policy.takesOutbound && request.supportsOutbound && wish.phone.instance != nil
                && wish.phone.flow != nil
        }
        if zip(wishes, isFlow).count(where: { $0.expires != 0 && $1 }) > 1 { return 400 }
        if wishes.contains(where: { (1..<60).contains($0.expires ?? 3_600) }) { return 423 }
        let claims = plan(wishes, isFlow, request)
        for case let id? in claims {
            let entry = entries.first { $0.id == id }
            if let entry, entry.callID == request.callID && entry.cseq >= request.cseq { return 500 }
        }
        let added = zip(wishes, claims).count { $0.expires != 0 && $1 == nil }
        let growth = added - zip(wishes, claims).count { $0.expires == 0 && $1 != nil }
        if growth > 0 {
            if wishes.count(where: { $0.expires != 0 }) > Self.limit { return 403 }
            let excess = entries.count + growth - Self.limit
            if excess > 0 && policy.overflow == .refuse { return 503 }
            for _ in 0..<max(0, excess) { evict(but: claims) }
        }
        commit(wishes, isFlow, claims, request, now: now)
        return 200
    }

    /// The entry that each wish is about.
    private func plan(_ wishes: [Wish], _ isFlow: [Bool], _ request: Request) -> [Int?] {
        var claims: [Int?] = wishes.map { _ in nil }
        func claim(_ place: Int, _ fits: (Entry) -> Bool) {
            claims[place] = ranked.first { !claims.contains($0.id) && fits($0) }?.id
        }
        for (place, wish) in wishes.enumerated() {
            if isFlow[place] { claim(place) { $0.phone == wish.phone } }
            if claims[place] == nil {
                claim(place) { $0.contact == wish.contact && !(isFlow[place] && $0.isFlow) }
            }
        }
        for (place, wish) in wishes.enumerated()
        where claims[place] == nil && wish.expires != 0 && !isFlow[place] {
            if wish.phone.instance != nil {
                claim(place) { $0.phone == wish.phone }
            } else if policy.replacesSamePhone, let agent = request.agent {
                claim(place) { $0.phone.instance == nil && $0.agent == agent }
            }
        }
        return claims
    }

    private mutating func evict(but claims: [Int?]) {
        let oldest = entries.filter { !claims.contains($0.id) }
            .min { ($0.refreshed, $0.id) < ($1.refreshed, $1.id) }
        entries.removeAll { $0.id == oldest?.id }
    }

    private mutating func commit(
        _ wishes: [Wish],
        _ isFlow: [Bool],
        _ claims: [Int?],
        _ request: Request,
        now: Int
    ) {
        for (place, wish) in wishes.enumerated() where wish.expires != 0 {
            var entry = Entry(
                id: 0,
                contact: wish.contact,
                text: wish.text,
                phone: wish.phone,
                isFlow: isFlow[place],
                agent: request.agent,
                callID: request.callID,
                cseq: request.cseq,
                q: wish.q,
                refreshed: now,
                end: now + min(wish.expires ?? 3_600, 7_200)
            )
            let old = entries.firstIndex { $0.id == claims[place] }
            if let old, entries[old].contact == wish.contact {
                entry.id = entries[old].id
                if entries[old].rank == entry.rank {
                    entries[old] = entry
                } else {
                    entries.remove(at: old)
                    entries.insert(entry, at: 0)
                }
            } else {
                lastID += 1
                entry.id = lastID
                if let old { entries.remove(at: old) }
                entries.insert(entry, at: 0)
            }
        }
        for (place, wish) in wishes.enumerated() where wish.expires == 0 {
            entries.removeAll { $0.id == claims[place] }
        }
    }

    mutating func removeAll(callID: String, cseq: Int, now: Int) -> Int {
        entries.removeAll { $0.end <= now }
        if entries.contains(where: { $0.callID == callID && $0.cseq >= cseq }) { return 500 }
        entries = []
        return 200
    }

    func listing(now: Int) -> [String] {
        ranked.filter { $0.end > now }.map { "\($0.text);expires=\($0.end - now)" }
    }

    /// Highest q first, newest first among equals.
    private var ranked: [Entry] {
        entries.enumerated()
            .sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }
            .map(\.element)
    }
}

/// A small generator with a seed, so that a failure repeats.
private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

@Suite("The registrar against a naive model")
struct ModelTests {
    /// Spellings of one contact, for each of several contacts.
    private static let spellings: [[String]] = [
        ["sip:a@127.0.0.1:5070", "sip:%61@127.0.0.1:5070", "SIP:a@127.0.0.1:5070;ob"],
        ["sip:A@127.0.0.1:5070"], ["sip:a@127.0.0.1", "sip:a@127.0.0.1;lr"],
        ["sip:b@Host.example.test", "sip:b@host.EXAMPLE.test"], ["sips:a@127.0.0.1:5070"],
        ["sip:a@127.0.0.1:5070;transport=tcp", "sip:a@127.0.0.1:5070;Transport=TCP"], ["tel:+1555"],
    ]

    private static func wish(_ dice: inout Dice) -> Model.Wish {
        let contact = Int.random(in: 0..<spellings.count, using: &dice)
        let uri = spellings[contact].randomElement(using: &dice) ?? ""
        let q = [nil, 0, 250, 500, 1_000].randomElement(using: &dice) ?? nil
        let instance = [nil, nil, nil, 1, 2].randomElement(using: &dice) ?? nil
        let flow = instance == nil ? nil : [nil, 1, 2].randomElement(using: &dice) ?? nil
        var text = "<\(uri)>"
        if let q { text += ";q=" + (q == 1_000 ? "1" : "0.\(q / 10)") }
        if let instance { text += ";+sip.instance=\"<urn:uuid:\(instance)>\"" }
        if let flow { text += ";reg-id=\(flow)" }
        let expires = [nil, 0, 0, 30, 60, 90, 600, 7_200, 9_000].randomElement(using: &dice) ?? nil
        return Model.Wish(
            contact: contact,
            text: text,
            phone: Model.Phone(instance: instance, flow: flow),
            q: q,
            expires: expires
        )
    }

    private static func request(_ dice: inout Dice, step: Int) -> Model.Request {
        Model.Request(
            wishes: (0..<Int.random(in: 0..<4, using: &dice)).map { _ in wish(&dice) },
            callID: ["k1", "k2", "k3"].randomElement(using: &dice) ?? "",
            cseq: step / 4 + Int.random(in: 1..<8, using: &dice),
            agent: [nil, "A", "B"].randomElement(using: &dice) ?? nil,
            supportsOutbound: Bool.random(using: &dice)
        )
    }

    /// The policies that change which binding a contact updates, and who stays.
    private static func policy(_ number: UInt64) -> RegistrarPolicy {
        var policy = RegistrarPolicy()
        policy.overflow = number & 1 == 0 ? .refuse : .replace
        policy.takesOutbound = number & 2 != 0
        policy.replacesSamePhone = number & 4 != 0
        return policy
    }

    @Test("answers, listings and lookups agree through 4,000 random REGISTERs", arguments: 0..<16)
    func agrees(seed: UInt64) {
        var dice = Dice(state: seed)
        let policy = Self.policy(seed)
        let office = Office(contacts: Model.limit) { $0 = policy }
        let users = ["alice", "bob", "carol"]
        var models: [String: Model] = [:]
        office.track()
        var rows: [UInt64: BindingSnapshot] = [:]
        for step in 0..<4_000 {
            let user = users.randomElement(using: &dice) ?? ""
            let request = Self.request(&dice, step: step)
            let now = (office.now - .zero).wholeSeconds
            let code: Int
            let reply: Reply
            if Int.random(in: 0..<12, using: &dice) == 0 {
                code = models[user, default: Model(policy)]
                    .removeAll(callID: request.callID, cseq: request.cseq, now: now)
                reply = register("*", request, user, office)
            } else {
                code = models[user, default: Model(policy)].register(request, now: now)
                reply = register(nil, request, user, office)
            }
            #expect(reply.code == code, "step \(step)")
            if code == 200 { #expect(reply.contacts == models[user]?.listing(now: now), "step \(step)") }
            if step % 3 == 0 { office.wait(seconds: Int.random(in: 0..<120, using: &dice)) }
            if step % 7 == 0 { office.expire() }
            merge(office.changes(limit: 3), into: &rows)
            // After a first difference all that follows differs too.
            guard reply.code == code else { return }
        }
        compare(office, models, &rows)
    }

    private func register(
        _ star: String?,
        _ request: Model.Request,
        _ user: String,
        _ office: Office
    ) -> Reply {
        var lines = request.wishes.map { wish in
            "Contact: " + wish.text + (wish.expires.map { ";expires=\($0)" } ?? "")
        }
        if star != nil { lines = ["Contact: *", "Expires: 0"] }
        if let agent = request.agent { lines.append("User-Agent: \(agent)") }
        if request.supportsOutbound { lines.append("Supported: outbound") }
        let aor = "sip:\(user)@example.test"
        return office.register(to: aor, callID: request.callID, cseq: request.cseq, extra: lines)
    }

    /// A reader's table: new and changed rows come in, ended ones go.
    private func merge(
        _ changes: (changed: [BindingSnapshot], removed: [BindingEnd], hasMore: Bool),
        into rows: inout [UInt64: BindingSnapshot]
    ) {
        for row in changes.changed { rows[row.id] = row }
        for end in changes.removed { rows[end.id] = nil }
    }

    private func compare(_ office: Office, _ models: [String: Model], _ rows: inout [UInt64: BindingSnapshot])
    {
        office.expire()
        while office.hasChanges { merge(office.changes(), into: &rows) }
        #expect(Set(rows.values) == Set(office.snapshots()))
        let now = (office.now - .zero).wholeSeconds
        for (user, model) in models {
            let contacts = model.listing(now: now).map { $0.drop { $0 == "<" }.prefix { $0 != ">" } }
            #expect(office.targets("sip:\(user)@example.test") == contacts.map(String.init))
        }
        while office.expireNext() {}
        #expect(office.count == 0)
    }
}
