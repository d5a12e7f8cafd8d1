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
        guard methodEnd > line.start, methodEnd < line.end, bytes[methodEnd] == 0x20 else {
            throw SyntaxError(.notSIP, at: line.start)
        }
        var content = bytes.trimmed(Slice(methodEnd, line.end))
        if content.end != line.end || content.start != methodEnd + 1 {
            note(.malformedStartLine, at: line.start)
        }
        var versionStart = content.end
        while versionStart > content.start && bytes[versionStart - 1] != 0x20 { versionStart -= 1 }
        let version = Slice(versionStart, content.end)
        guard version.count >= 4, versionStart > content.start,
            bytes.equals(Slice(versionStart, versionStart + 4), ignoringCase: "SIP/")
        else { throw SyntaxError(.notSIP, at: line.start) }
        if !bytes.equals(version, ignoringCase: "SIP/2.0") { note(.unsupportedVersion, at: versionStart) }
        if versionStart >= content.start + 2, bytes[versionStart - 2] == 0x20 {
            note(.malformedStartLine, at: versionStart)
        }
        content = bytes.trimmed(Slice(content.start, versionStart))
        if content.isEmpty || bytes.first(0x20, in: content) != nil || bytes.first(0x09, in: content) != nil {
            note(.malformedRequestURI, at: content.start)
        }
        let name = Slice(line.start, methodEnd)
        startLine = .request(Method(bytes, name), name: name, uri: content)
    }
}
