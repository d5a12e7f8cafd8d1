import SIPFlow
import SIPSyntax

extension Registrar {
    /// Appends a Contact field for every binding of an address of record (RFC 3261 §10.3 step 8).
    func appendContacts(of key: Span<UInt8>, now: Moment, to headers: inout [UInt8]) {
        var cursor = firstBinding(of: key, now: now)
        while let place = cursor {
            let bytes = bindings[place.slot].bytes
            let left = bindings[place.slot].expiresAt - now
            headers.append(ascii: "Contact: <")
            headers.append(copying: bytes.span.extracting(bindings[place.slot].contact.range))
            headers.append(ascii: ">")
            headers.append(copying: bytes.span.extracting(bindings[place.slot].parameters.range))
            headers.append(ascii: ";expires=")
            appendDecimal(UInt64(max(1, left.wholeSeconds)), to: &headers)
            headers.append(ascii: "\r\n")
            cursor = nextBinding(after: place, now: now)
        }
    }

    /// Appends the request's Path fields, which the phone gets back (RFC 3327 §5.3).
    func appendPath(_ bytes: Span<UInt8>, _ index: MessageIndex, to headers: inout [UInt8]) {
        var field = index.first(.path)
        while let present = field {
            headers.append(ascii: "Path: ")
            headers.append(copying: bytes.extracting(present.value.range))
            headers.append(ascii: "\r\n")
            field = index.next(after: present)
        }
    }
}
