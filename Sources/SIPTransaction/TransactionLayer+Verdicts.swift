public import SIPFlow

/// What became of the places that a request was sent to, kept in words with its server transaction.
extension TransactionLayer {
    /// The most bytes of one transaction's verdicts; further ones are left out.
    private static let verdictLimit = 4_096

    /// Adds a line to a server transaction: a place, and what it did.
    ///
    /// - Cost: a copy of the lines before; nothing is kept with a request whose branches just answer.
    public mutating func addVerdict(_ id: TransactionID, of peer: SocketAddress, _ words: Span<UInt8>) {
        guard contains(id) else { return }
        let record = record(id)
        var lines: [UInt8] = []
        if record.hasVerdicts {
            guard record.note.count < Self.verdictLimit else { return }
            store.read(record.note) { lines.append(copying: $0) }
            lines.append(UInt8(ascii: "\n"))
        }
        peer.append(to: &lines)
        lines.append(UInt8(ascii: " "))
        lines.append(copying: words)
        note(id, lines.span)
        change(id) { $0.hasVerdicts = true }
        markChanged(id)
    }

    /// The lines, oldest first.
    func verdicts(_ record: TransactionRecord) -> [BranchVerdict] {
        guard record.hasVerdicts else { return [] }
        let text = store.read(record.note) { String(bytes: $0) }
        return text.split(separator: "\n").map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            return BranchVerdict(target: String(parts.first ?? ""), verdict: String(parts.last ?? ""))
        }
    }
}

/// A place that a request was sent to, and what it did.
public struct BranchVerdict: Sendable, Hashable {
    /// Address and port.
    public var target: String
    /// A few words.
    public var verdict: String
}
