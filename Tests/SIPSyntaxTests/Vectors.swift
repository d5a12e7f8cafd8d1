import Foundation
import SIPSyntax
import Testing

/// A message and its index, kept together so that slices can be turned into text.
struct Parsed {
    var bytes: [UInt8]
    var index = MessageIndex()

    init(_ bytes: [UInt8]) throws(SyntaxError) {
        self.bytes = bytes
        try index.parse(bytes.span)
    }

    /// A message as text with bare line feeds, each made CRLF.
    init(_ text: String) throws(SyntaxError) {
        try self.init(wire(text))
    }

    func text(_ slice: Slice?) -> String? {
        slice.map { bytes.span.text($0) }
    }

    /// The values of all fields with an id.
    func values(_ id: HeaderID) -> [String] {
        var values: [String] = []
        var field = index.first(id)
        while let present = field {
            values.append(bytes.span.text(present.value))
            field = index.next(after: present)
        }
        return values
    }

    /// The comma-separated values of all fields with an id.
    func listed(_ id: HeaderID) -> [String] {
        var values: [String] = []
        var field = index.first(id)
        while let present = field {
            var cursor = ValueCursor(present.value)
            while let value = cursor.next(bytes.span) { values.append(bytes.span.text(value)) }
            field = index.next(after: present)
        }
        return values
    }

    /// The first fault, that of the Request-URI included.
    var fault: SyntaxError.Reason? {
        if let problem = index.problem { return problem.reason }
        guard case .request(_, _, let uri) = index.startLine else { return nil }
        do {
            _ = try URI(bytes.span, uri)
            return nil
        } catch {
            return error.reason
        }
    }

    /// True when a 400 finds its way: a request, not an ACK, with a Via to send it to and a CSeq to name it.
    var isAnswerable: Bool {
        guard let method = index.method, method != .ack else { return false }
        return index.topVia != nil && index.has(.cseq)
    }
}

/// The bytes of text, each line feed made CRLF.
func wire(_ text: String) -> [UInt8] {
    Array(text.utf8).flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
}

/// A sound OPTIONS with some header fields left out or replaced, and others added.
func request(
    _ startLine: String = "OPTIONS sip:bob@example.com SIP/2.0",
    with changes: [String: String?] = [:],
    adding lines: [String] = [],
    body: String = ""
) -> [UInt8] {
    let method = startLine.split(separator: " ").first.map(String.init) ?? ""
    let usual = [
        ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKtest;rport"), ("Max-Forwards", "70"),
        ("From", "<sip:alice@example.com>;tag=a1"), ("To", "<sip:bob@example.com>"),
        ("Call-ID", "c1@192.0.2.1"),
        ("CSeq", "1 \(method)"), ("Content-Length", "\(body.utf8.count)"),
    ]
    var text = startLine + "\n"
    for (name, value) in usual {
        guard let value = changes[name, default: value] else { continue }
        text += "\(name): \(value)\n"
    }
    for line in lines { text += line + "\n" }
    return wire(text + "\n") + Array(body.utf8)
}

extension [UInt8] {
    /// The bytes of a slice as text.
    func text(_ slice: Slice) -> String { span.text(slice) }
}

/// The folder that holds Package.swift.
let repository = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// All files below a folder of `Tests/Vectors/Messages`, in order of their names.
func vectorFiles(_ folder: String) throws -> [URL] {
    try files(below: repository.appending(path: "Tests/Vectors/Messages/\(folder)"))
}

/// All message files below a folder.
func files(below root: URL) throws -> [URL] {
    try FileManager.default.subpathsOfDirectory(atPath: root.path()).sorted()
        .filter { path in [".sip", ".dat", ".bin"].contains { path.hasSuffix($0) } }
        .map { root.appending(path: $0) }
}

/// The bytes of a file.
func contents(_ file: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }

/// A small random number generator with a fixed seed.
struct FixedGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state >> 32) | (state << 32)
    }
}
