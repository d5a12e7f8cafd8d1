import SIPFlow
import SIPSyntax

extension Authenticator {
    /// Computes the digest of a request for an account, or for nobody's, and compares (RFC 7616 §3.4.1).
    mutating func isRight(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ proof: DigestProof,
        _ account: Int?
    ) -> Bool {
        let credentials = proof.credentials
        let requestHash = requestHash(bytes, index, proof)
        text.removeAll(keepingCapacity: true)
        accounts.appendHA1(account, proof.variant.algorithm, to: &text)
        text.append(colon)
        appendPart(bytes, credentials.nonce)
        if proof.variant.isSession {
            appendPart(bytes, credentials.clientNonce)
            text.removeLast()
            let session = hash(text.span, proof.variant.algorithm)
            text.removeAll(keepingCapacity: true)
            appendHexadecimal(session.span, to: &text)
            text.append(colon)
            appendPart(bytes, credentials.nonce)
        }
        if let qop = credentials.qop {
            appendPart(bytes, credentials.nonceCount)
            appendPart(bytes, credentials.clientNonce)
            appendPart(bytes, qop)
        }
        appendHexadecimal(requestHash.span, to: &text)
        let digest = hash(text.span, proof.variant.algorithm)
        guard digest.count == proof.variant.algorithm.byteCount else { return false }
        text.removeAll(keepingCapacity: true)
        appendHexadecimal(digest.span, to: &text)
        return isSame(bytes, bytes.unquoted(credentials.response), text.span)
    }

    /// H(A2): of the method, the URI as the client wrote it, and for auth-int the body (RFC 7616 §3.4.3).
    private mutating func requestHash(
        _ bytes: Span<UInt8>,
        _ index: MessageIndex,
        _ proof: DigestProof
    ) -> [UInt8] {
        text.removeAll(keepingCapacity: true)
        switch index.startLine {
        case .request(_, let method, _): text.append(copying: bytes.extracting(method.range))
        case .response: break
        }
        text.append(colon)
        bytes.appendUnquoted(proof.credentials.uri, to: &text)
        switch proof.protection {
        case .absent, .auth: break
        case .authInt:
            text.append(colon)
            let body = hash(bytes.extracting(index.body.range), proof.variant.algorithm)
            appendHexadecimal(body.span, to: &text)
        }
        return hash(text.span, proof.variant.algorithm)
    }

    /// Appends what a value means, and a colon.
    private mutating func appendPart(_ bytes: Span<UInt8>, _ value: Slice?) {
        if let value { bytes.appendUnquoted(value, to: &text) }
        text.append(colon)
    }

    private func hash(_ bytes: Span<UInt8>, _ algorithm: DigestAlgorithm) -> [UInt8] {
        switch algorithm {
        case .md5: hashes.md5(bytes)
        case .sha256: hashes.sha256(bytes)
        }
    }
}

private let colon = UInt8(ascii: ":")
