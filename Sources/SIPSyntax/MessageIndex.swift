/// One header field's place in a message.
public struct HeaderField: Sendable, Hashable {
    /// Which header field it is.
    public var id: HeaderID
    /// The name as written.
    public var name: Slice
    /// The value without white space at its ends; folds stay inside it.
    public var value: Slice
    /// The whole line or lines, the last line end included.
    public var line: Slice
    /// The place in `MessageIndex.fields` of the next field with the same id; -1 for none.
    var next: Int16
}

/// What a message's first line says.
public enum StartLine: Sendable, Hashable {
    /// A request: the method, its name as written and the Request-URI.
    case request(Method, name: Slice, uri: Slice)
    /// A response: the status code and the reason phrase.
    case response(code: Int, reason: Slice)
}

/// Where everything is in a message: offsets, no copies.
///
/// - Shape: made anew for each message by `parse`, in memory that is kept from message to message.
/// - Limits: 65,535 bytes and 256 header fields a message.
/// - Errors: `problem` names the first fault of a message whose fields could still be found.
/// - Cost: one pass over the bytes; no allocation in steady state.
/// - Source: RFC 3261 §7 and §25.1.
public struct MessageIndex: Sendable {
    /// The most header fields that a message may have.
    public static let fieldLimit = 256
    private static let idCount = HeaderID.allCases.count

    /// The first line.
    public internal(set) var startLine = StartLine.response(code: 0, reason: Slice(0, 0))
    /// Where the first line begins: line ends before it are skipped.
    public internal(set) var startLineSlice = Slice(0, 0)
    /// All header fields in order.
    public internal(set) var fields: [HeaderField] = []
    /// The body, as long as Content-Length says, or up to the end.
    public internal(set) var body = Slice(0, 0)
    /// The first fault; nil for a sound message.
    public internal(set) var problem: SyntaxError?
    /// True when some line ends with LF alone.
    public internal(set) var hasBareLineFeed = false

    /// The topmost Via value.
    public internal(set) var topVia: Via?
    /// The Call-ID, empty when there is none.
    public internal(set) var callID = Slice(0, 0)
    /// The CSeq number and method; nil when missing or out of range.
    public internal(set) var cseq: CSeq?
    /// The From address.
    public internal(set) var from: NameAddress?
    /// The To address.
    public internal(set) var to: NameAddress?
    /// The From tag.
    public internal(set) var fromTag: Slice?
    /// The To tag.
    public internal(set) var toTag: Slice?

    /// Where the first and the last field with an id are; -1 for none.
    private struct Ends {
        var first: Int16 = -1
        var last: Int16 = -1
    }

    private var ends = [Ends](repeating: Ends(), count: idCount)
    private let names = HeaderNames.shared

    /// Makes an index with room for usual messages.
    public init() {
        fields.reserveCapacity(Self.fieldLimit)
    }

    /// The method of a request; nil for a response.
    public var method: Method? {
        switch startLine {
        case .request(let method, _, _): method
        case .response: nil
        }
    }

    /// The status code of a response; nil for a request.
    public var statusCode: Int? {
        switch startLine {
        case .request: nil
        case .response(let code, _): code
        }
    }

    /// The first field with an id.
    public func first(_ id: HeaderID) -> HeaderField? {
        let place = Int(ends[Int(id.rawValue)].first)
        return place < 0 ? nil : fields[place]
    }

    /// The next field with the same id.
    public func next(after field: HeaderField) -> HeaderField? {
        field.next < 0 ? nil : fields[Int(field.next)]
    }

    /// True when a field with an id is there.
    public func has(_ id: HeaderID) -> Bool { ends[Int(id.rawValue)].first >= 0 }

    /// Finds everything in a message that came as one datagram, or that a stream's framing cut out.
    ///
    /// - Errors: throws when there is no start line of SIP; other faults are put into `problem`.
    public mutating func parse(_ bytes: Span<UInt8>) throws(SyntaxError) {
        reset()
        var offset = 0
        while offset < bytes.count && (bytes[offset] == 0x0d || bytes[offset] == 0x0a) { offset += 1 }
        guard offset < bytes.count else { throw SyntaxError(.empty, at: offset) }
        let line = lineEnd(bytes, from: offset)
        startLineSlice = Slice(offset, line.content)
        try parseStartLine(bytes, startLineSlice)
        offset = line.next
        var sawEnd = false
        while offset < bytes.count {
            let next = parseField(bytes, at: offset, sawEnd: &sawEnd)
            offset = next
            if sawEnd { break }
        }
        if !sawEnd { note(.unterminatedHeaders, at: bytes.count) }
        body = Slice(offset, bytes.count)
        check(bytes)
    }

    /// Keeps the first fault.
    mutating func note(_ reason: SyntaxError.Reason, at offset: Int) {
        if problem == nil { problem = SyntaxError(reason, at: offset) }
    }

    private mutating func reset() {
        for field in fields { ends[Int(field.id.rawValue)] = Ends() }
        fields.removeAll(keepingCapacity: true)
        problem = nil
        hasBareLineFeed = false
        topVia = nil
        callID = Slice(0, 0)
        cseq = nil
        from = nil
        to = nil
        fromTag = nil
        toTag = nil
    }

    /// Where a line's content ends and where the next line begins.
    private mutating func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> (content: Int, next: Int) {
        guard let feed = bytes.first(0x0a, in: Slice(start, bytes.count)) else {
            return (bytes.count, bytes.count)
        }
        if feed > start && bytes[feed - 1] == 0x0d { return (feed - 1, feed + 1) }
        hasBareLineFeed = true
        return (feed, feed + 1)
    }

    /// Reads one header field with its folds, or the empty line; gives the offset after it.
    private mutating func parseField(_ bytes: Span<UInt8>, at start: Int, sawEnd: inout Bool) -> Int {
        var line = lineEnd(bytes, from: start)
        if line.content == start {
            sawEnd = true
            return line.next
        }
        while line.next < bytes.count && (bytes[line.next] == 0x20 || bytes[line.next] == 0x09) {
            line = lineEnd(bytes, from: line.next)
        }
        guard isTokenByte(bytes[start]),
            let colon = bytes.first(UInt8(ascii: ":"), in: Slice(start, line.content))
        else {
            note(.malformedHeader, at: start)
            return line.next
        }
        var nameEnd = colon
        while isWhite(bytes[nameEnd - 1]) { nameEnd -= 1 }
        guard fields.count < Self.fieldLimit else {
            note(.tooManyHeaders, at: start)
            return line.next
        }
        let name = Slice(start, nameEnd)
        let id = names.id(bytes, name)
        // A name of the table is a token already.
        if id == .other, let fault = name.range.first(where: { !isTokenByte(bytes[$0]) }) {
            note(.malformedHeader, at: fault)
        }
        let value = bytes.trimmed(Slice(colon + 1, line.content))
        let place = Int16(fields.count)
        fields.append(
            HeaderField(id: id, name: name, value: value, line: Slice(start, line.next), next: -1)
        )
        let slot = Int(id.rawValue)
        let last = Int(ends[slot].last)
        if last >= 0 { fields[last].next = place } else { ends[slot].first = place }
        ends[slot].last = place
        return line.next
    }
}
