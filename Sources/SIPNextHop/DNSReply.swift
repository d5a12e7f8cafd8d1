import SIPFlow

extension DNSAnswer {
    /// The most aliases (CNAME) that are followed from a name to its records.
    static let aliasLimit = 8
    /// The most records that are taken of one reply.
    static let recordLimit = 64

    /// Reads a name server's reply to a question (RFC 1035 §4).
    ///
    /// - Shape: the time to live is the shortest on the way, for "no" that of RFC 2308 §5. Bytes that are no reply
    ///   count as a failed server.
    public init(reply bytes: [UInt8], to question: DNSQuestion) {
        var reader = DNSReader(bytes)
        do throws(DNSReader.Malformed) {
            self = try reader.readAnswer(to: question)
        } catch {
            self = DNSAnswer(.serverFailed)
        }
    }
}

/// Reads a DNS message from its start to its end.
struct DNSReader {
    /// The bytes are no DNS message.
    struct Malformed: Error {}

    /// One resource record, its data still unread.
    private struct Entry {
        var owner: String
        var type: UInt16
        var timeToLive: UInt32
        var data: Range<Int>
    }

    private static let alias: UInt16 = 5
    private static let authority: UInt16 = 6

    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func readAnswer(to question: DNSQuestion) throws(Malformed) -> DNSAnswer {
        offset = 2
        let flags = try number16()
        guard flags & 0x8000 != 0 else { throw Malformed() }
        let questions = try number16()
        let answers = try number16()
        let authorities = try number16()
        offset = 12
        for _ in 0..<questions {
            _ = try name(at: &offset)
            offset += 4
        }
        let found = try entries(answers)
        switch flags & 0xf {
        case 0:
            let answer = try select(found, question)
            if case .records = answer.outcome { return answer }
            return DNSAnswer(.noData, timeToLive: try negativeTime(try entries(authorities)))
        case 3: return DNSAnswer(.noSuchName, timeToLive: try negativeTime(try entries(authorities)))
        case _: return DNSAnswer(.serverFailed)
        }
    }

    /// The records of the question's kind, at its name or at what that is an alias of.
    private mutating func select(_ entries: [Entry], _ question: DNSQuestion) throws(Malformed) -> DNSAnswer {
        var name = question.name
        var time = UInt32.max
        for _ in 0..<DNSAnswer.aliasLimit {
            var records: [DNSRecord] = []
            for entry in entries where entry.owner == name && entry.type == question.kind.rawValue {
                guard records.count < DNSAnswer.recordLimit else { break }
                if let record = try record(question.kind, entry.data) { records.append(record) }
                time = min(time, entry.timeToLive)
            }
            guard records.isEmpty else {
                return DNSAnswer(.records(records), timeToLive: .seconds(Int(time)))
            }
            guard let alias = entries.first(where: { $0.owner == name && $0.type == Self.alias }) else {
                break
            }
            var start = alias.data.lowerBound
            name = try self.name(at: &start)
            time = min(time, alias.timeToLive)
        }
        return DNSAnswer(.noData)
    }

    private mutating func entries(_ count: UInt16) throws(Malformed) -> [Entry] {
        var entries: [Entry] = []
        for _ in 0..<count {
            let owner = try name(at: &offset)
            let type = try number16()
            offset += 2
            let time = UInt32(try number16()) << 16 | UInt32(try number16())
            let length = Int(try number16())
            guard offset + length <= bytes.count else { throw Malformed() }
            // The highest bit is no part of the time (RFC 2181 §8).
            entries.append(
                Entry(
                    owner: owner,
                    type: type,
                    timeToLive: time >> 31 == 0 ? time : 0,
                    data: offset..<offset + length
                )
            )
            offset += length
        }
        return entries
    }

    /// The lesser of the SOA record's own time and its last field.
    private mutating func negativeTime(_ entries: [Entry]) throws(Malformed) -> Interval? {
        guard let entry = entries.first(where: { $0.type == Self.authority }), entry.data.count >= 22 else {
            return nil
        }
        offset = entry.data.upperBound - 4
        let minimum = UInt32(try number16()) << 16 | UInt32(try number16())
        return .seconds(Int(min(entry.timeToLive, minimum)))
    }

    /// One record's data; nil for what cannot be used.
    private mutating func record(_ kind: DNSQuestion.Kind, _ data: Range<Int>) throws(Malformed) -> DNSRecord?
    {
        offset = data.lowerBound
        switch kind {
        case .a:
            guard data.count == 4 else { throw Malformed() }
            return .address(.v4(UInt32(truncatingIfNeeded: bigEndian(data))))
        case .aaaa:
            guard data.count == 16 else { throw Malformed() }
            let middle = data.lowerBound + 8
            return .address(
                .v6(high: bigEndian(data.lowerBound..<middle), low: bigEndian(middle..<data.upperBound))
            )
        case .srv:
            let (priority, weight, port) = (try number16(), try number16(), try number16())
            let target = try name(at: &offset)
            return .service(ServiceRecord(priority: priority, weight: weight, port: port, target: target))
        case .naptr:
            let (order, preference) = (try number16(), try number16())
            let (flags, service, expression) = (try text(), try text(), try text())
            // A pattern instead of a replacement is not for finding SIP servers (RFC 3263 §4.1).
            guard expression.isEmpty else { return nil }
            return .pointer(
                NamingPointer(
                    order: order,
                    preference: preference,
                    flags: flags.lowercased(),
                    service: service.uppercased(),
                    replacement: try name(at: &offset)
                )
            )
        }
    }

    private func bigEndian(_ range: Range<Int>) -> UInt64 {
        bytes[range].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func number16() throws(Malformed) -> UInt16 {
        guard offset + 2 <= bytes.count else { throw Malformed() }
        defer { offset += 2 }
        return UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
    }

    private mutating func text() throws(Malformed) -> String {
        guard offset < bytes.count, offset + 1 + Int(bytes[offset]) <= bytes.count else { throw Malformed() }
        let range = offset + 1..<offset + 1 + Int(bytes[offset])
        offset = range.upperBound
        return String(decoding: bytes[range], as: UTF8.self)
    }

    /// A name in lower case, its pointers followed; one with unusual bytes in it never equals any other.
    private func name(at place: inout Int) throws(Malformed) -> String {
        var labels: [UInt8] = []
        var position = place
        var hasJumped = false
        // A name has at most 127 labels, and each pointer leads to one.
        for _ in 0..<256 {
            guard position < bytes.count else { throw Malformed() }
            let length = Int(bytes[position])
            switch length {
            case 0:
                if !hasJumped { place = position + 1 }
                return String(decoding: labels, as: UTF8.self)
            case 1...63:
                guard position + 1 + length <= bytes.count, labels.count + length < 255 else {
                    throw Malformed()
                }
                if !labels.isEmpty { labels.append(UInt8(ascii: ".")) }
                labels += bytes[position + 1..<position + 1 + length].map(plain)
                position += 1 + length
            case 192...:
                guard position + 1 < bytes.count else { throw Malformed() }
                if !hasJumped { place = position + 2 }
                hasJumped = true
                position = (length & 0x3f) << 8 | Int(bytes[position + 1])
            case _: throw Malformed()
            }
        }
        throw Malformed()
    }

    /// A byte of a host name in lower case; `?` for any other.
    private func plain(_ byte: UInt8) -> UInt8 {
        let small = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
        return isHostByte(small) ? small : UInt8(ascii: "?")
    }
}
