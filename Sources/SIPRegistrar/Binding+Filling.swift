import SIPFlow
import SIPSyntax

extension Binding {
    /// Takes over what a REGISTER says of a contact; the array keeps its room.
    mutating func fill(_ update: ContactUpdate, _ source: Span<UInt8>, _ index: MessageIndex) {
        bytes.removeAll(keepingCapacity: true)
        contact = add(source, update.address.uri)
        let start = bytes.count
        var cursor = ParameterCursor(update.address.parameters)
        while let parameter = cursor.next(source) {
            if source.equals(parameter.name, ignoringCase: "expires") { continue }
            bytes.append(UInt8(ascii: ";"))
            bytes.append(copying: source.extracting(parameter.whole.range))
        }
        parameters = Slice(start, bytes.count)
        callID = add(source, index.callID)
        userAgent = add(source, index.first(.userAgent)?.value ?? Slice(0, 0))
        instance = add(source, update.instance)
        path = addPath(source, index)
        cseq = index.cseq?.number ?? 0
        q = update.q
    }

    private mutating func add(_ source: Span<UInt8>, _ slice: Slice) -> Slice {
        let start = bytes.count
        bytes.append(copying: source.extracting(slice.range))
        return Slice(start, bytes.count)
    }

    private mutating func addPath(_ source: Span<UInt8>, _ index: MessageIndex) -> Slice {
        let start = bytes.count
        var field = index.first(.path)
        while let present = field {
            if bytes.count > start { bytes.append(ascii: ", ") }
            bytes.append(copying: source.extracting(present.value.range))
            field = index.next(after: present)
        }
        return Slice(start, bytes.count)
    }
}
