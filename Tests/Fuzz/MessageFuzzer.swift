import SIPSyntax

/// What libFuzzer calls with each input; a trap, or memory that is not ours, is a finding.
///
/// - Shape: reads the message as the engine does, reads what its fields hold, and checks what must hold of it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMessage(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // libFuzzer keeps the input's bytes alive for the length of this call.
    let input = unsafe UnsafeBufferPointer(start: start, count: min(count, 65_535))
    let bytes = unsafe Array(input)
    var index = MessageIndex()
    guard parses(bytes.span, &index) else { return 0 }
    checkPlaces(bytes.span, index)
    for field in index.fields { readEveryWay(bytes.span, field.value) }
    if case .request(_, _, let uri) = index.startLine { readEveryWay(bytes.span, uri) }
    checkRewriting(bytes.span, index)
    return 0
}

private func parses(_ bytes: Span<UInt8>, _ index: inout MessageIndex) -> Bool {
    do {
        try index.parse(bytes)
        return true
    } catch {
        expect(error.offset >= 0 && error.offset <= bytes.count, "an error beyond the message")
        return false
    }
}

/// Every slice lies inside the message, names and values lie inside their lines, and lines do not overlap.
private func checkPlaces(_ bytes: Span<UInt8>, _ index: MessageIndex) {
    var end = index.startLineSlice.end
    for field in index.fields {
        expect(field.line.start >= end, "lines overlap")
        expect(field.name.start == field.line.start && !field.name.isEmpty, "a field without a name")
        expect(
            field.value.start > field.name.end - 1 && field.value.end <= field.line.end,
            "a value outside its line"
        )
        end = field.line.end
    }
    expect(index.body.start >= end && index.body.end <= bytes.count, "a body outside the message")
}

/// Reads a value as anything that it might be; what it is not is an error, never a trap.
private func readEveryWay(_ bytes: Span<UInt8>, _ field: Slice) {
    _ = try? Via(bytes, field)
    _ = bytes.text(field)
    var values = ValueCursor(field)
    while let value = values.next(bytes) {
        expect(value.start >= field.start && value.end <= field.end, "a value outside its field")
        _ = try? URI(bytes, value)
        guard let address = try? NameAddress(bytes, value) else { continue }
        var parameters = ParameterCursor(address.parameters)
        while let parameter = parameters.next(bytes) {
            expect(parameter.whole.end <= value.end, "a parameter outside its value")
        }
        guard let uri = try? URI(bytes, address.uri) else { continue }
        _ = uri.isEquivalent(bytes, to: uri, bytes)
        var key: [UInt8] = []
        uri.appendAddressOfRecord(bytes, to: &key)
    }
}

/// A sound message, written out again line by line, reads as the same message.
private func checkRewriting(_ bytes: Span<UInt8>, _ index: MessageIndex) {
    guard index.problem == nil else { return }
    var copy: [UInt8] = []
    append(bytes, index.startLineSlice, to: &copy)
    copy += [0x0d, 0x0a]
    for field in index.fields { append(bytes, field.line, to: &copy) }
    copy += [0x0d, 0x0a]
    append(bytes, index.body, to: &copy)
    var again = MessageIndex()
    expect(parses(copy.span, &again), "the copy is no message")
    expect(again.fields.map(\.id) == index.fields.map(\.id), "the copy has other fields")
    expect(again.body.count == index.body.count, "the copy has another body")
}

private func append(_ bytes: Span<UInt8>, _ slice: Slice, to output: inout [UInt8]) {
    for offset in slice.range { output.append(bytes[offset]) }
}

/// Ends the run when something does not hold, and says what; `precondition` keeps its text only in debug builds.
private func expect(_ holds: Bool, _ otherwise: StaticString) {
    guard !holds else { return }
    print("does not hold:", otherwise)
    preconditionFailure()
}
