import SIPFlow
import SIPRegistrar
import SIPSyntax
import SIPTransaction

/// What the server asks on its own account, as a user agent: NOTIFYs and OPTIONS pings.
extension SIPProxy {
    /// A final response to a request of ours came.
    mutating func ownRequestAnswered(
        _ request: OwnRequest,
        _ code: Int,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        now: Moment
    ) {
        switch request {
        case .ping(let binding): registrar.pingAnswered(binding: binding, now: now)
        case .notify(let subscription):
            if code < 300 {
                registrar.subscriptions.answered(subscription, target: contactURI(bytes, index), now: now)
            } else {
                registrar.subscriptions.failed(
                    subscription,
                    retryAfter: endsSubscription(code) ? nil : retryAfter(bytes, index),
                    now: now
                )
            }
        }
    }

    /// A request of ours will never get a response.
    mutating func ownRequestFailed(_ request: OwnRequest, now: Moment) {
        switch request {
        case .ping(let binding): registrar.pingMissed(binding: binding)
        case .notify(let subscription):
            registrar.subscriptions.failed(subscription, retryAfter: nil, now: now)
        }
    }

    /// Appends the lines that every request of ours begins with, up to Max-Forwards.
    func appendOwnStart(
        _ method: Method,
        _ uri: Span<UInt8>,
        _ branch: Branch,
        over flow: Flow,
        to output: inout [UInt8]
    ) {
        output.append(ascii: method.name)
        output.append(UInt8(ascii: " "))
        output.append(copying: uri)
        output.append(ascii: " SIP/2.0\r\nVia: SIP/2.0/")
        output.append(contentsOf: flow.transport.token.utf8)
        output.append(UInt8(ascii: " "))
        domains.listeners[flow.listener.index].advertised.append(to: &output)
        output.append(ascii: ";rport;branch=")
        branch.append(to: &output)
        output.append(ascii: "\r\nMax-Forwards: 70\r\n")
    }

    /// The URI of the one Contact of a message.
    ///
    /// Nil for none, for several, and for one that no request reaches.
    func contactURI(_ bytes: Span<UInt8>, _ index: MessageIndex) -> [UInt8]? {
        guard let field = index.first(.contact), index.next(after: field) == nil else { return nil }
        var cursor = ValueCursor(field.value)
        guard let value = cursor.next(bytes), cursor.next(bytes) == nil,
            let address = try? NameAddress(bytes, value), let uri = try? URI(bytes, address.uri),
            uri.scheme == .sip
        else { return nil }
        var text: [UInt8] = []
        text.append(copying: bytes.extracting(uri.whole.start..<uri.parameters.end))
        return text
    }

    /// True for the codes that end a dialog or its usage, whatever else they say (RFC 5057 §5.1).
    private func endsSubscription(_ code: Int) -> Bool {
        switch code {
        case 404, 405, 410, 416, 480...485, 489, 501, 502, 604: true
        case _: false
        }
    }

    private func retryAfter(_ bytes: Span<UInt8>, _ index: MessageIndex) -> Int? {
        guard let field = index.first(.retryAfter) else { return nil }
        var end = field.value.start
        while end < field.value.end && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) {
            end += 1
        }
        return bytes.number(Slice(field.value.start, end)).map { Int($0) }
    }
}

/// Appends a Contact field that leads to one of our addresses.
func appendOwnContact(_ address: SocketAddress, to output: inout [UInt8]) {
    output.append(ascii: "Contact: <sip:")
    address.append(to: &output)
    output.append(ascii: ">\r\n")
}
