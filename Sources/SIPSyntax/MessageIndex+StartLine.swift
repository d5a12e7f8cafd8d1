extension MessageIndex {
    /// Reads the first line.
    ///
    /// - Errors: throws when the line has nothing of SIP; lesser faults go into `problem`.
    mutating func parseStartLine(_ bytes: Span<UInt8>, _ line: Slice) throws(SyntaxError) {
        if line.count >= 4, bytes.equals(Slice(line.start, line.start + 4), ignoringCase: "SIP/") {
            try parseStatusLine(bytes, line)
        } else {
            try parseRequestLine(bytes, line)
        }
    }

    private mutating func parseStatusLine(_ bytes: Span<UInt8>, _ line: Slice) throws(SyntaxError) {
        guard let space = bytes.first(0x20, in: line),
            bytes.equals(Slice(line.start, space), ignoringCase: "SIP/2.0")
        else { throw SyntaxError(.unsupportedVersion, at: line.start) }
        let codeEnd = bytes.first(0x20, in: Slice(space + 1, line.end)) ?? line.end
        guard codeEnd - space - 1 == 3, let code = bytes.number(Slice(space + 1, codeEnd)),
            (100...699).contains(code)
        else { throw SyntaxError(.statusOutOfRange, at: space + 1) }
        startLine = .response(code: Int(code), reason: Slice(min(codeEnd + 1, line.end), line.end))
    }

    private mutating func parseRequestLine(_ bytes: Span<UInt8>, _ line: Slice) throws(SyntaxError) {
        var methodEnd = line.start
        while methodEnd < line.end && isTokenByte(bytes[methodEnd]) { methodEnd += 1 }
        guard methodEnd > line.start, methodEnd < line.end, isBlank(bytes[methodEnd]),
            bytes.first(0, in: line) == nil
        else { throw SyntaxError(.notSIP, at: line.start) }
        let content = bytes.trimmed(Slice(methodEnd, line.end))
        var versionStart = content.end
        while versionStart > content.start && !isBlank(bytes[versionStart - 1]) { versionStart -= 1 }
        var uri = bytes.trimmed(Slice(content.start, versionStart))
        let version = Slice(versionStart, content.end)
        if version.count >= 4, bytes.equals(Slice(versionStart, versionStart + 4), ignoringCase: "SIP/") {
            if !bytes.equals(version, ignoringCase: "SIP/2.0") { note(.unsupportedVersion, at: versionStart) }
        } else {
            // A line that stops after the URI can still be answered; any other is of another protocol.
            guard uri.isEmpty, bytes.first(UInt8(ascii: ":"), in: version) != nil else {
                throw SyntaxError(.notSIP, at: line.start)
            }
            note(.malformedStartLine, at: content.end)
            uri = version
        }
        if uri.isEmpty || bytes.first(0x20, in: uri) != nil || bytes.first(0x09, in: uri) != nil {
            note(.malformedRequestURI, at: content.start)
        }
        let length = methodEnd - line.start + uri.count + version.count + 2
        if length != line.count || bytes.first(0x09, in: line) != nil {
            note(.malformedStartLine, at: line.start)
        }
        let name = Slice(line.start, methodEnd)
        startLine = .request(Method(bytes, name), name: name, uri: uri)
    }
}

/// True for a space or a tab.
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
