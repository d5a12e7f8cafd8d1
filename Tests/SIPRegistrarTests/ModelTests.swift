import SIPFlow
import Testing

@testable import SIPRegistrar

/// The rules of RFC 3261 §10.3 once more, as plainly as can be, to compare with.
private struct Model {
    struct Entry {
        /// The number of the contact, whatever its spelling.
        var contact: Int
        var text: String
        var instance: Int?
        var callID: String
        var cseq: Int
        var q: Int?
        var end: Int

        var rank: Int { q ?? 1_000 }
    }

    struct Wish {
        var contact: Int
        var text: String
        var instance: Int?
        var q: Int?
        var expires: Int?
    }

    static let limit = 4
    /// Newest first.
    var entries: [Entry] = []

    /// The status code; changes nothing unless it is 200.
    mutating func register(_ wishes: [Wish], callID: String, cseq: Int, now: Int) -> Int {
        entries.removeAll { $0.end <= now }
        let last = wishes.indices.filter { place in
            !wishes[(place + 1)...].contains { $0.contact == wishes[place].contact }
        }
        let wishes = last.map { wishes[$0] }
        let named = Set(wishes.map(\.contact))
        var copy = entries
        var replaced: Set<Int> = []
        for wish in wishes {
            let expires = wish.expires ?? 3_600
            if (1..<60).contains(expires) { return 423 }
        }
        for wish in wishes where wish.expires != 0 {
            var place = copy.firstIndex { $0.contact == wish.contact }
            if place == nil, let instance = wish.instance {
                let former = ranked.first {
                    $0.instance == instance && !named.contains($0.contact) && !replaced.contains($0.contact)
                }
                if let former {
                    replaced.insert(former.contact)
                    if former.callID == callID && former.cseq >= cseq { return 500 }
                }
            } else if let place, copy[place].callID == callID && copy[place].cseq >= cseq {
                return 500
            }
            let entry = Entry(
                contact: wish.contact,
                text: wish.text,
                instance: wish.instance,
                callID: callID,
                cseq: cseq,
                q: wish.q,
                end: now + min(wish.expires ?? 3_600, 7_200)
            )
            if let found = place, copy[found].rank != entry.rank {
                copy.remove(at: found)
                place = nil
            }
            if let place { copy[place] = entry } else { copy.insert(entry, at: 0) }
        }
        for wish in wishes where wish.expires == 0 {
            guard let place = copy.firstIndex(where: { $0.contact == wish.contact }) else { continue }
            if copy[place].callID == callID && copy[place].cseq >= cseq { return 500 }
            copy.remove(at: place)
        }
        copy.removeAll { replaced.contains($0.contact) }
        if copy.count > Self.limit && copy.count > entries.count { return 403 }
        entries = copy
        return 200
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
        var text = "<\(uri)>"
        if let q { text += ";q=" + (q == 1_000 ? "1" : "0.\(q / 10)") }
        if let instance { text += ";+sip.instance=\"<urn:uuid:\(instance)>\"" }
        let expires = [nil, 0, 0, 30, 60, 90, 600, 7_200, 9_000].randomElement(using: &dice) ?? nil
        return Model.Wish(contact: contact, text: text, instance: instance, q: q, expires: expires)
    }

    @Test("answers, listings and lookups agree through 4,000 random REGISTERs", arguments: 0..<12)
    func agrees(seed: UInt64) {
        var dice = Dice(state: seed)
        let office = Office(contacts: Model.limit)
        let users = ["alice", "bob", "carol"]
        var models: [String: Model] = [:]
        office.track()
        var rows: [UInt64: BindingSnapshot] = [:]
        for step in 0..<4_000 {
            let user = users.randomElement(using: &dice) ?? ""
            let aor = "sip:\(user)@example.test"
            let callID = ["k1", "k2", "k3"].randomElement(using: &dice) ?? ""
            let cseq = step / 4 + Int.random(in: 1..<8, using: &dice)
            let now = (office.now - .zero).wholeSeconds
            let code: Int
            let reply: Reply
            if Int.random(in: 0..<12, using: &dice) == 0 {
                code = models[user, default: Model()].removeAll(callID: callID, cseq: cseq, now: now)
                reply = office.register("*", to: aor, callID: callID, cseq: cseq, expires: "0")
            } else {
                let wishes = (0..<Int.random(in: 0..<4, using: &dice)).map { _ in Self.wish(&dice) }
                code = models[user, default: Model()]
                    .register(wishes, callID: callID, cseq: cseq, now: now)
                let lines = wishes.map { wish in
                    "Contact: " + wish.text + (wish.expires.map { ";expires=\($0)" } ?? "")
                }
                reply = office.register(to: aor, callID: callID, cseq: cseq, extra: lines)
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
