public import SIPReport
public import SIPTrace

/// What happened in the engine since the reader's last update.
///
/// - Shape: changed rows and the messages of the same time, in one value, so that a screen never shows one
///   without the other.
public struct EngineUpdate: Sendable {
    /// The changed rows.
    public var report: EngineReport
    /// The new messages, in order.
    ///
    /// The first chunk may begin before them; the sequence numbers tell what was seen already.
    public var chunks: [TraceChunk]
    /// Messages that the trace ring dropped before the reader asked for them.
    public var lostRecords: UInt64

    /// Joins rows and messages.
    public init(report: EngineReport, chunks: [TraceChunk], lostRecords: UInt64) {
        self.report = report
        self.chunks = chunks
        self.lostRecords = lostRecords
    }
}
