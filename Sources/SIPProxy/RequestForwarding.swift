import SIPFlow
import SIPSyntax
import SIPTransaction

/// What a forwarded request has that the received one had not (RFC 3261 §16.6).
struct ForwardPlan {
    /// Names the client transaction and the loop hash.
    var branch: Branch
    /// The listener that sends it.
    var sending: ListenerMarks
    /// The listener that received it; differs from `sending` when families or transports are bridged.
    var receiving: ListenerMarks
    /// Where the received request came from.
    var source: SocketAddress
    /// The proof for our Record-Route value; nil when no Record-Route is written.
    var routeToken: UInt64?
    /// The hops that are left.
    var hops: UInt32
    /// True when the Route fields are written anew; false when they stay as they are.
    var replacesRoutes: Bool
    /// The Proxy-Authorization fields that go no further.
    var consumed: [HeaderField] = []
    /// The Max-Breadth value to write; 0 leaves the field as it is, or out.
    var breadth = 0
    /// True when the next hop is told that we hear what it says of its load (RFC 7339 §5.1).
    var hearsLoad = false
}

/// Appends the request as it goes to one target: spliced, with untouched fields byte for byte.
///
/// - Shape: `uri` becomes the Request-URI. Of the Route values, `path` goes first, a list that may be empty; then
///   `routes`, when they are written anew; then `lastRoute`, the Request-URI for a strict router, that may be empty.
/// - Source: RFC 3261 §16.6 steps 1 to 8.
func appendForwardedRequest(
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    plan: ForwardPlan,
    uri: Span<UInt8>,
    path: Span<UInt8>,
    routes: [Slice],
    lastRoute: Span<UInt8>,
    into output: inout [UInt8]
) {
    guard case .request(_, let name, _) = index.startLine else { return }
    output.append(copying: bytes.extracting(name.range))
    output.append(UInt8(ascii: " "))
    output.append(copying: uri)
    output.append(ascii: " SIP/2.0\r\n")
    output.append(copying: plan.sending.via.span)
    plan.branch.append(to: &output)
    if plan.hearsLoad { output.append(ascii: ";oc;oc-algo=\"loss\"") }
    output.append(ascii: "\r\n")
    if let token = plan.routeToken {
        appendRecordRoute(plan.sending, token: token, to: &output)
        if plan.sending != plan.receiving { appendRecordRoute(plan.receiving, token: token, to: &output) }
    }
    appendRoutes(bytes, routes, path: path, lastRoute: lastRoute, to: &output)
    if index.first(.maxForwards) == nil { appendMaxForwards(plan.hops, to: &output) }
    if plan.breadth > 0 { appendMaxBreadth(plan.breadth, to: &output) }
    let topVia = index.first(.via)
    appendEdited(bytes, index, into: &output) { field, output in
        switch field.id {
        case .via where field == topVia:
            appendTopVia(bytes, index, source: plan.source, to: &output)
            return true
        case .maxForwards:
            appendMaxForwards(plan.hops, to: &output)
            return true
        case .route:
            return plan.replacesRoutes
        case .proxyAuthorization:
            return plan.consumed.contains(field)
        case .maxBreadth:
            return plan.breadth > 0
        case _:
            return false
        }
    }
}

/// Appends all header fields and the body; a field that `edit` has written itself is left out.
///
/// Runs of untouched fields are copied at once; a message with bare line feeds gets CRLF line by line.
func appendEdited(
    _ bytes: Span<UInt8>,
    _ index: MessageIndex,
    into output: inout [UInt8],
    _ edit: (HeaderField, inout [UInt8]) -> Bool
) {
    var runStart = -1
    var runEnd = -1
    for field in index.fields {
        if isEditable(field.id) {
            if runStart >= 0 { output.append(copying: bytes.extracting(runStart..<runEnd)) }
            runStart = -1
            if edit(field, &output) { continue }
        }
        if index.hasBareLineFeed {
            appendLine(bytes, field, to: &output)
        } else if runStart >= 0, runEnd == field.line.start {
            runEnd = field.line.end
        } else {
            if runStart >= 0 { output.append(copying: bytes.extracting(runStart..<runEnd)) }
            runStart = field.line.start
            runEnd = field.line.end
        }
    }
    if runStart >= 0 { output.append(copying: bytes.extracting(runStart..<runEnd)) }
    output.append(ascii: "\r\n")
    output.append(copying: bytes.extracting(index.body.range))
}

/// The header fields that a proxy may rewrite.
private func isEditable(_ id: HeaderID) -> Bool {
    switch id {
    case .via, .maxForwards, .route, .recordRoute, .proxyAuthorization, .wwwAuthenticate, .proxyAuthenticate,
        .maxBreadth:
        true
    case _: false
    }
}

private func appendMaxForwards(_ hops: UInt32, to output: inout [UInt8]) {
    output.append(ascii: "Max-Forwards: ")
    appendDecimal(UInt64(hops), to: &output)
    output.append(ascii: "\r\n")
}

private func appendMaxBreadth(_ breadth: Int, to output: inout [UInt8]) {
    output.append(ascii: "Max-Breadth: ")
    appendDecimal(UInt64(breadth), to: &output)
    output.append(ascii: "\r\n")
}

private func appendRecordRoute(_ listener: ListenerMarks, token: UInt64, to output: inout [UInt8]) {
    output.append(copying: listener.recordRoute.span)
    appendHexadecimal(token, to: &output)
    output.append(ascii: ">\r\n")
}

private func appendRoutes(
    _ bytes: Span<UInt8>,
    _ routes: [Slice],
    path: Span<UInt8>,
    lastRoute: Span<UInt8>,
    to output: inout [UInt8]
) {
    if path.count > 0 {
        output.append(ascii: "Route: ")
        output.append(copying: path)
        output.append(ascii: "\r\n")
    }
    for route in routes {
        output.append(ascii: "Route: ")
        output.append(copying: bytes.extracting(route.range))
        output.append(ascii: "\r\n")
    }
    if lastRoute.count > 0 {
        output.append(ascii: "Route: <")
        output.append(copying: lastRoute)
        output.append(ascii: ">\r\n")
    }
}
