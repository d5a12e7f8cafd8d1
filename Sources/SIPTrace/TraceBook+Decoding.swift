import SIPFlow
import SIPSyntax

extension TraceBook {
    /// A message taken apart; nil when it is no longer kept.
    ///
    /// - Cost: two messages are parsed: this one, and the one before it that it is compared with.
    public func decoded(_ sequence: UInt64) -> DecodedMessage? {
        guard let row = message(sequence), let raw = raw(sequence) else { return nil }
        var message = DecodedMessage(row: row, raw: raw)
        let before = row.callID.flatMap { sequences(callID: $0).last { $0 < sequence } }
        if let before, let earlier = self.raw(before) {
            message.previous = before
            message.markChanges(since: headers(of: earlier))
        }
        return message
    }

    private func headers(of raw: [UInt8]) -> [DecodedMessage.Header] {
        var index = MessageIndex()
        if (try? index.parse(raw.span)) != nil { return DecodedMessage.headers(index, raw.span, shift: 0) }
        guard let standIn = StandIn(raw.span), (try? index.parse(standIn.bytes.span)) != nil else {
            return []
        }
        return DecodedMessage.headers(index, standIn.bytes.span, shift: standIn.shift)
    }
}

extension DecodedMessage {
    init(row: MessageRow, raw: [UInt8]) {
        self.row = row
        self.raw = raw
        startLine = ""
        startLineRange = 0..<0
        headers = []
        body = .none
        bodyRange = raw.count..<raw.count
        var index = MessageIndex()
        do {
            try index.parse(raw.span)
            startLineRange = index.startLineSlice.range
            problem = index.problem?.text
            read(index, raw.span, shift: 0)
        } catch {
            problem = error.text
            guard let standIn = StandIn(raw.span) else { return }
            startLineRange = standIn.firstLine
            if (try? index.parse(standIn.bytes.span)) != nil {
                read(index, standIn.bytes.span, shift: standIn.shift)
            }
        }
        startLine = raw.span.text(Slice(startLineRange.lowerBound, startLineRange.upperBound))
    }

    private mutating func read(_ index: MessageIndex, _ bytes: Span<UInt8>, shift: Int) {
        headers = Self.headers(index, bytes, shift: shift)
        if row.direction == .sent, row.code != nil { replyRule = ReplyRule(index, bytes, to: row.flow) }
        guard !index.body.isEmpty else { return }
        bodyRange = index.body.range.shifted(by: shift)
        if let session = SDPSummary(index, bytes) {
            body = .sdp(session)
            return
        }
        let type = index.first(.contentType).map { unfolded(bytes, $0.value) } ?? ""
        body = isText(bytes, index.body) ? .text(type: type) : .binary(type: type)
    }

    /// True when a body is UTF-8 without control characters other than tabs and line ends.
    private func isText(_ bytes: Span<UInt8>, _ slice: Slice) -> Bool {
        for offset in slice.range where bytes[offset] < 0x20 && !isWhite(bytes[offset]) { return false }
        return String(validating: raw[bodyRange], as: UTF8.self) != nil
    }

    fileprivate static func headers(_ index: MessageIndex, _ bytes: Span<UInt8>, shift: Int) -> [Header] {
        var headers: [Header] = []
        headers.reserveCapacity(index.fields.count)
        for field in index.fields {
            headers.append(
                Header(
                    name: field.id == .other ? bytes.text(field.name) : field.id.name,
                    value: unfolded(bytes, field.value),
                    line: field.line.range.shifted(by: shift),
                    valueRange: field.value.range.shifted(by: shift),
                    isKey: field.id.explainsCall,
                    isChanged: false
                )
            )
        }
        return headers
    }

    /// Marks the fields that an earlier message has otherwise, or not; the n-th with the n-th of a name.
    fileprivate mutating func markChanges(since earlier: [Header]) {
        var before: [String: [String]] = [:]
        for header in earlier { before[header.name.lowercased(), default: []].append(header.value) }
        var seen: [String: Int] = [:]
        for place in headers.indices {
            let name = headers[place].name.lowercased()
            let count = seen[name, default: 0]
            seen[name] = count + 1
            let values = before[name] ?? []
            headers[place].isChanged = count >= values.count || values[count] != headers[place].value
        }
    }
}

extension HeaderID {
    /// True for a field that explains a call.
    fileprivate var explainsCall: Bool {
        switch self {
        case .via, .from, .to, .callID, .cseq, .contact, .route, .recordRoute, .maxForwards, .expires,
            .minExpires,
            .reason, .warning, .retryAfter, .authorization, .proxyAuthorization, .wwwAuthenticate,
            .proxyAuthenticate, .require, .proxyRequire, .unsupported, .event, .subscriptionState, .referTo,
            .replaces, .sessionExpires, .minSE, .path, .serviceRoute:
            true
        case .other, .contentLength, .contentType, .contentEncoding, .contentDisposition, .supported,
            .authenticationInfo, .userAgent, .server, .allow, .allowEvents, .accept, .timestamp, .date,
            .subject,
            .referredBy, .rseq, .rack, .maxBreadth, .identity, .pAssertedIdentity, .pPreferredIdentity,
            .privacy,
            .diversion, .historyInfo, .acceptContact, .requestDisposition, .rejectContact, .identityInfo,
            .mimeVersion, .organization, .alertInfo, .callInfo:
            false
        }
    }
}

extension Range<Int> {
    /// The same range further on.
    fileprivate func shifted(by distance: Int) -> Range<Int> {
        lowerBound + distance..<upperBound + distance
    }
}
