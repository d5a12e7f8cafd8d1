import SIPFlow
import SIPTrace
import Testing

@Suite("Trace log")
struct TraceLogTests {
    private let flow = Flow(transport: .udp, listener: ListenerID(0), peer: .any)

    private func record() -> TraceRecord {
        TraceRecord(sequence: 99, moment: .zero, direction: .received, flow: flow)
    }

    private func log(_ count: Int, size: Int = 500, budget: Int = TraceLog.defaultBudget) -> TraceLog {
        var log = TraceLog(budget: budget)
        for number in 0..<count {
            _ = log.append(record(), [UInt8](repeating: UInt8(number % 251), count: size).span)
        }
        return log
    }

    @Test("counts records without gaps and gives their bytes back")
    func numbers() {
        let log = log(500)
        let chunks = log.chunks(since: 0)
        #expect(chunks.count == 8)
        #expect(chunks.flatMap(\.records).map(\.sequence) == Array(0..<500))
        for chunk in chunks {
            for record in chunk.records {
                let byte = UInt8(record.sequence % 251)
                #expect(chunk.message(record) == [UInt8](repeating: byte, count: 500))
            }
        }
    }

    @Test("gives what is new since a number, and nothing when nothing is")
    func since() {
        let log = log(500)
        #expect(log.chunks(since: 499).flatMap(\.records).map(\.sequence) == [499])
        #expect(log.chunks(since: 500).isEmpty)
        #expect(log.chunks(since: 9_999).isEmpty)
        #expect(TraceLog().chunks(since: 0).isEmpty)
    }

    @Test("keeps full chunks, however often a reader comes")
    func frequentReader() {
        var log = TraceLog()
        for number in 0..<500 {
            _ = log.append(record(), [UInt8](repeating: 1, count: 500).span)
            #expect(log.chunks(since: UInt64(number)).last?.records.last?.sequence == UInt64(number))
        }
        #expect(log.chunks(since: 0).count == 8)
    }

    @Test("drops the oldest chunks beyond its budget")
    func budget() {
        let log = log(5_000, budget: 256 << 10)
        let records = log.chunks(since: 0).flatMap(\.records)
        #expect(records.last?.sequence == 4_999)
        #expect(records.count > 250 && records.count < 600)
    }

    @Test("holds a message that is larger than a chunk")
    func largeMessage() {
        var log = log(3)
        let large = [UInt8](repeating: 7, count: 65_535)
        #expect(log.append(record(), large.span) == 3)
        _ = log.append(record(), [1].span)
        let chunks = log.chunks(since: 3)
        #expect(chunks.flatMap(\.records).map(\.count) == [65_535, 1])
    }

    @Test("completes a record of the open chunk, and leaves others alone")
    func amend() {
        var log = log(100)
        log.amend(99) { $0.drop = .absorbed }
        log.amend(0) { $0.drop = .absorbed }
        log.amend(100) { $0.drop = .absorbed }
        let drops = log.chunks(since: 0).flatMap(\.records).map(\.drop)
        #expect(drops == Array(repeating: nil, count: 99) + [.absorbed])
    }
}
