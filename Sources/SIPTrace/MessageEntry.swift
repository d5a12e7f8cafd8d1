import SIPFlow
import SIPSyntax

/// What the book keeps of each message, so that none is parsed twice to follow calls.
///
/// - Shape: branch, tags and content as hashes, 0 for none.
struct MessageEntry: Sendable {
    /// What it belongs to: the number of a conversation; 0 for a message without a Call-ID.
    var conversation: UInt64 = 0
    /// The message that it repeats, its own number when that one is not known.
    var original: UInt64
    /// True for a repeat.
    var isRepeat = false
    var kind = MessageKind.unreadable
    /// The method of a request, or the CSeq method of a response.
    var method = Method.other
    /// The status code of a response, 0 for a request.
    var code = 0
    var number: UInt32 = 0
    var branch: UInt64 = 0
    var fromTag: UInt64 = 0
    var toTag: UInt64 = 0
    /// The direction, the peer and all bytes.
    var content: UInt64

    /// True for an INVITE that may begin a call: it has no To tag.
    var isInitialInvite: Bool { kind == .request && method == .invite && toTag == 0 }

    /// An entry of bytes that nothing could be read from.
    init(_ record: TraceRecord, _ bytes: Span<UInt8>, _ hash: KeyedHash) {
        original = record.sequence
        isRepeat = record.isRetransmission
        content = hash.combine(hash.hash(bytes), Self.hop(record, hash))
    }

    /// Adds what a message's index tells.
    mutating func describe(_ index: MessageIndex, _ bytes: Span<UInt8>, _ hash: KeyedHash) {
        func digest(_ slice: Slice?) -> UInt64 {
            guard let slice, !slice.isEmpty else { return 0 }
            return hash.hash(bytes.extracting(slice.range))
        }
        switch index.startLine {
        case .request(let method, _, _):
            kind = .request
            self.method = method
        case .response(let code, _):
            kind = MessageKind(code: code)
            method = index.cseq?.method ?? .other
            self.code = code
        }
        number = index.cseq?.number ?? 0
        branch = digest(index.topVia?.branch)
        fromTag = digest(index.fromTag)
        toTag = digest(index.toTag)
    }

    /// The same for all copies of one message on one hop, whatever differs in their bytes.
    func identity(_ record: TraceRecord, _ hash: KeyedHash) -> UInt64 {
        var value = hash.combine(branch, Self.hop(record, hash))
        value = hash.combine(value, UInt64(method.rawValue) << 32 | UInt64(code))
        return hash.combine(value, toTag ^ UInt64(number))
    }

    private static func hop(_ record: TraceRecord, _ hash: KeyedHash) -> UInt64 {
        var hop = UInt64(record.direction.rawValue) << 16 | UInt64(record.flow.peer.port)
        switch record.flow.peer.ip {
        case .v4(let bits): hop |= UInt64(bits) << 32
        case .v6(let high, let low): hop = hash.combine(high ^ hop, low)
        }
        return hop
    }
}

/// Bytes whose first line is not SIP, with a stand-in for it, so that their fields can be read.
struct StandIn {
    private static let line = Array("SIP/2.0 100 -\r\n".utf8)

    /// The bytes with the stand-in.
    let bytes: [UInt8]
    /// Where the first line is in the original bytes, without its line end.
    let firstLine: Range<Int>
    /// What to add to an offset into `bytes` for the offset into the original bytes.
    let shift: Int

    /// Puts the stand-in in; nil when there is nothing but line ends.
    init?(_ original: Span<UInt8>) {
        var start = 0
        while start < original.count && isWhite(original[start]) { start += 1 }
        guard start < original.count else { return nil }
        let lineFeed = original.first(0x0a, in: Slice(start, original.count))
        let content = original.trimmed(Slice(start, lineFeed ?? original.count))
        firstLine = content.range
        let next = lineFeed.map { $0 + 1 } ?? original.count
        shift = next - Self.line.count
        var bytes = Self.line
        bytes.append(copying: original.extracting(next..<original.count))
        self.bytes = bytes
    }
}
