import SIPFlow
import SIPSyntax
import SIPTransaction

/// Words for people about requests that go round in circles.
extension SIPProxy {
    /// The most of a Request-URI that is quoted.
    private static var longestQuote: Int { 128 }

    /// A request came back unchanged (482): which URI, and after how many hops.
    mutating func noteLoop(
        _ id: TransactionID,
        _ loopHash: UInt64,
        _ bytes: Span<UInt8>,
        _ index: MessageIndex
    ) {
        var hops = 0
        forEachVia(bytes, index) { via in
            hops += 1
            return via?.branch.flatMap { Branch(bytes, $0)?.loopHash } != loopHash
        }
        var words: [UInt8] = []
        words.append(ascii: "loop: ")
        appendRequestURI(bytes, index, to: &words)
        words.append(ascii: " came back to us after ")
        appendHops(hops, to: &words)
        layer.note(id, words.span)
    }

    /// No hop is left for a request (483): which URI, after how many hops, and how many of them were ours.
    mutating func noteNoHops(_ id: TransactionID, _ bytes: Span<UInt8>, _ index: MessageIndex) {
        var hops = 0
        var own = 0
        forEachVia(bytes, index) { via in
            hops += 1
            if let via, domains.wrote(bytes, via) { own += 1 }
            return true
        }
        var words: [UInt8] = []
        words.append(ascii: own > 1 ? "loop: " : "no hops left: ")
        appendRequestURI(bytes, index, to: &words)
        words.append(ascii: " used up its Max-Forwards after ")
        appendHops(hops, to: &words)
        if own > 0 {
            words.append(ascii: ", ")
            appendDecimal(UInt64(own), to: &words)
            words.append(ascii: " through us")
        }
        layer.note(id, words.span)
    }

    /// Goes through all Via values, the newest first, nil for a malformed one, until `body` says false.
    private func forEachVia(_ bytes: Span<UInt8>, _ index: MessageIndex, _ body: (Via?) -> Bool) {
        var field = index.first(.via)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes) {
                guard body(try? Via(bytes, value)) else { return }
            }
            field = index.next(after: present)
        }
    }

    private func appendRequestURI(_ bytes: Span<UInt8>, _ index: MessageIndex, to words: inout [UInt8]) {
        guard case .request(_, _, let uri) = index.startLine else { return }
        words.append(copying: bytes.extracting(uri.start..<min(uri.end, uri.start + Self.longestQuote)))
    }

    private func appendHops(_ hops: Int, to words: inout [UInt8]) {
        appendDecimal(UInt64(hops), to: &words)
        words.append(ascii: hops == 1 ? " hop" : " hops")
    }
}
