/// A CSeq value (RFC 3261 §20.16).
public struct CSeq: Sendable, Hashable {
    /// The sequence number.
    public var number: UInt32
    /// The method.
    public var method: Method
    /// The method as written.
    public var methodName: Slice
}

extension MessageIndex {
    /// Reads the fields that every message must have, and compares what must agree.
    mutating func check(_ bytes: Span<UInt8>) {
        readVia(bytes)
        readCSeq(bytes)
        readAddresses(bytes)
        if let field = single(.callID) {
            callID = field.value
            if field.value.isEmpty { note(.malformedValue(.callID), at: field.line.start) }
        }
        readContentLength(bytes)
        if method != nil, let field = first(.maxForwards) {
            let hops = bytes.number(field.value)
            if hops == nil || hops ?? 0 > 255 || next(after: field) != nil {
                note(.malformedValue(.maxForwards), at: field.value.start)
            }
        }
        if case .request(let method, let name, _) = startLine, let cseq {
            let agrees =
                method == .other ? bytes.equals(name, bytes, cseq.methodName) : method == cseq.method
            if !agrees { note(.sequenceMethodMismatch, at: cseq.methodName.start) }
        }
    }

    /// A field that must be there once.
    private mutating func single(_ id: HeaderID) -> HeaderField? {
        guard let field = first(id) else {
            note(.missingHeader(id), at: startLineSlice.start)
            return nil
        }
        if let second = next(after: field) { note(.duplicateHeader(id), at: second.line.start) }
        return field
    }

    private mutating func readVia(_ bytes: Span<UInt8>) {
        guard let field = first(.via) else {
            note(.missingHeader(.via), at: startLineSlice.start)
            return
        }
        do {
            topVia = try Via(bytes, field.value)
            if bytes[field.value.end - 1] == UInt8(ascii: ",") {
                note(.malformedValue(.via), at: field.value.end - 1)
            }
        } catch {
            note(.malformedValue(.via), at: error.offset)
        }
    }

    private mutating func readCSeq(_ bytes: Span<UInt8>) {
        guard let field = single(.cseq) else { return }
        var digits = field.value.start
        while digits < field.value.end && !isWhite(bytes[digits]) { digits += 1 }
        let name = bytes.trimmed(Slice(digits, field.value.end))
        guard let number = bytes.number(Slice(field.value.start, digits)), !name.isEmpty else {
            note(.malformedValue(.cseq), at: field.value.start)
            return
        }
        cseq = CSeq(number: number, method: Method(bytes, name), methodName: name)
    }

    private mutating func readAddresses(_ bytes: Span<UInt8>) {
        if let field = single(.from) {
            do {
                let address = try NameAddress(bytes, field.value)
                from = address
                fromTag = tag(bytes, address, of: .from)
            } catch {
                note(.malformedValue(.from), at: error.offset)
            }
        }
        if let field = single(.to) {
            do {
                let address = try NameAddress(bytes, field.value)
                to = address
                toTag = tag(bytes, address, of: .to)
            } catch {
                note(.malformedValue(.to), at: error.offset)
            }
        }
    }

    /// The one tag of an address; nil when there is none.
    private mutating func tag(_ bytes: Span<UInt8>, _ address: NameAddress, of id: HeaderID) -> Slice? {
        var tag: Parameter?
        var cursor = ParameterCursor(address.parameters)
        while let parameter = cursor.next(bytes) {
            guard bytes.equals(parameter.name, ignoringCase: "tag") else { continue }
            if tag != nil { note(.malformedValue(id), at: parameter.whole.start) }
            tag = tag ?? parameter
        }
        return tag?.value
    }

    /// Cuts the body to Content-Length (RFC 3261 §18.3).
    private mutating func readContentLength(_ bytes: Span<UInt8>) {
        guard let field = first(.contentLength) else { return }
        guard let length = bytes.number(field.value).map(Int.init) else {
            note(.malformedValue(.contentLength), at: field.value.start)
            return
        }
        if let second = next(after: field), bytes.number(second.value).map(Int.init) != length {
            note(.duplicateHeader(.contentLength), at: second.line.start)
        }
        if length > body.count {
            note(.bodyTooShort, at: body.end)
        } else {
            body = Slice(body.start, body.start + length)
        }
    }
}
