import SIPFlow
import SIPSyntax
import Testing

/// Reads everything that can be read of some bytes; a place outside them would trap or be recorded.
struct Walk {
    private var index = MessageIndex()
    private var output: [UInt8] = []
    /// How many messages had a start line.
    private(set) var readable = 0

    /// Parses some bytes and visits all that was found.
    mutating func visit(_ bytes: [UInt8]) {
        let span = bytes.span
        do {
            try index.parse(span)
        } catch {
            if error.offset < 0 || error.offset > bytes.count { Issue.record("error at \(error.offset)") }
            return
        }
        readable += 1
        visitWhole(bytes)
        for field in index.fields { visitField(field, bytes) }
        answer(bytes)
    }

    private func visitWhole(_ bytes: [UInt8]) {
        if let problem = index.problem { checkOffset(problem.offset, bytes) }
        var end = index.startLineSlice.end
        for field in index.fields {
            if field.line.start < end { Issue.record("fields overlap") }
            end = field.line.end
        }
        if index.body.start < end { Issue.record("the body overlaps the header") }
        check(index.body, bytes)
        check(index.callID, bytes)
        for slice in [index.topVia?.whole, index.fromTag, index.toTag, index.cseq?.methodName] {
            if let slice { check(slice, bytes) }
        }
        if case .request(_, let name, let uri) = index.startLine {
            check(name, bytes)
            visitURI(uri, bytes)
        }
    }

    private func visitField(_ field: HeaderField, _ bytes: [UInt8]) {
        let inOrder =
            field.line.start == field.name.start && field.name.end <= field.value.start
            && field.value.end <= field.line.end
        if !inOrder { Issue.record("a field's parts are out of order") }
        for slice in [field.name, field.value, field.line] { check(slice, bytes) }
        _ = bytes.span.text(field.value)
        if let next = index.next(after: field), next.id != field.id {
            Issue.record("the chain of fields is broken")
        }
        visitValue(field.value, bytes)
        var values = ValueCursor(field.value)
        while let value = values.next(bytes.span) { visitValue(value, bytes) }
    }

    private func visitValue(_ value: Slice, _ bytes: [UInt8]) {
        check(value, bytes)
        var parameters = ParameterCursor(value)
        while let parameter = parameters.next(bytes.span) {
            check(parameter.whole, bytes)
            check(parameter.name, bytes)
            if let value = parameter.value { check(bytes.span.unquoted(value), bytes) }
        }
        if let via = try? Via(bytes.span, value) {
            for slice in [via.whole, via.transport, via.host, via.parameters] { check(slice, bytes) }
            for slice in [via.branch, via.received, via.rport] { if let slice { check(slice, bytes) } }
            _ = via.hasMagicCookie(bytes.span)
        }
        if let address = try? NameAddress(bytes.span, value) {
            check(address.displayName, bytes)
            check(address.parameters, bytes)
            visitURI(address.uri, bytes)
        }
    }

    private func visitURI(_ slice: Slice, _ bytes: [UInt8]) {
        check(slice, bytes)
        guard let uri = try? URI(bytes.span, slice) else { return }
        for slice in [uri.rest, uri.host, uri.parameters, uri.headers] { check(slice, bytes) }
        for slice in [uri.user, uri.password] { if let slice { check(slice, bytes) } }
        if !uri.isEquivalent(bytes.span, to: uri, bytes.span) { Issue.record("a URI differs from itself") }
        var key: [UInt8] = []
        uri.appendAddressOfRecord(bytes.span, to: &key)
        _ = uri.isLooseRouter(bytes.span)
    }

    private mutating func answer(_ bytes: [UInt8]) {
        output.removeAll(keepingCapacity: true)
        let headers: [UInt8] = []
        let source = SocketAddress(ip: .v4(1), port: 5_060)
        appendResponse(
            OwnResponse(code: 400, toTag: 1),
            to: bytes.span,
            index,
            source: source,
            headers: headers.span,
            into: &output
        )
    }

    private func check(_ slice: Slice, _ bytes: [UInt8]) {
        if slice.start < 0 || slice.start > slice.end || slice.end > bytes.count {
            Issue.record("\(slice.start)..<\(slice.end) in \(bytes.count) bytes")
        }
    }

    private func checkOffset(_ offset: Int, _ bytes: [UInt8]) {
        if offset < 0 || offset > bytes.count { Issue.record("offset \(offset) in \(bytes.count) bytes") }
    }
}
