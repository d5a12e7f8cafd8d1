public import SIPFlow
import SIPSyntax

extension TraceBook {
    /// The ladder of some calls, or of anything else with these Call-IDs.
    ///
    /// - Shape: `listeners` tell which peers are ourselves. By hosts, all ports of one address are one column.
    /// - Cost: one parse for each row.
    public func ladder(
        callIDs: [String],
        listeners: [Listener],
        expandRetransmits: Bool,
        byHost: Bool = false
    ) -> Ladder {
        var places: [(sequence: UInt64, call: Int)] = []
        for (call, callID) in callIDs.enumerated() {
            places += sequences(callID: callID).map { ($0, call) }
        }
        places.sort { $0.sequence < $1.sequence }
        let forks = callIDs.map { ForkLetters(sequences(callID: $0).compactMap(hop)) }
        var builder = LadderBuilder(listeners: listeners, isFolded: !expandRetransmits, isByHost: byHost)
        for (sequence, call) in places {
            guard let hop = hop(sequence), let raw = raw(sequence) else { continue }
            builder.add(hop, raw, fork: forks[call].fork(of: hop), call: call)
        }
        builder.ladder.forkCount = forks.map(\.count).max() ?? 0
        builder.ladder.missing = callIDs.reduce(0) { $0 + missingCount(callID: $1) }
        return builder.ladder
    }

    private func hop(_ sequence: UInt64) -> TracedHop? {
        guard let (page, place) = store.find(sequence) else { return nil }
        return TracedHop(
            record: store.pages[page].chunk.records[place],
            entry: store.pages[page].entries[place]
        )
    }
}

/// A message's record with its entry.
struct TracedHop {
    var record: TraceRecord
    var entry: MessageEntry
}

/// Adds row after row to a ladder.
struct LadderBuilder {
    /// A silence longer than this gets a row of its own.
    private static let idleLimit = Interval.seconds(2)

    var ladder = Ladder(columns: [], rows: [], forkCount: 0, missing: 0)
    private let listeners: [Listener]
    private let isFolded: Bool
    private let isByHost: Bool
    private var columns: [SocketAddress: Int] = [:]
    /// The rows of originals, by sequence number.
    private var originals: [UInt64: Int] = [:]
    private var repetitions: [UInt64: Int] = [:]
    private var lastMoment: Moment?
    private var lastRowMoment: Moment?

    init(listeners: [Listener], isFolded: Bool, isByHost: Bool) {
        self.listeners = listeners
        self.isFolded = isFolded
        self.isByHost = isByHost
    }

    mutating func add(_ hop: TracedHop, _ raw: [UInt8], fork: Fork?, call: Int) {
        let record = hop.record
        let silence = lastMoment.map { record.moment - $0 }
        lastMoment = record.moment
        if hop.entry.isRepeat, isFolded, let place = originals[hop.entry.original] {
            fold(record, into: place)
            return
        }
        if let silence, silence > Self.idleLimit { ladder.rows.append(.idle(silence)) }
        let peer = column(record.flow)
        let own = ladder.ownColumn ?? peer
        let words = LadderWords(hop.entry, raw)
        if !hop.entry.isRepeat { originals[record.sequence] = ladder.rows.count }
        ladder.rows.append(
            .message(
                LadderMessage(
                    sequence: record.sequence,
                    lastSequence: record.sequence,
                    moment: record.moment,
                    delta: lastRowMoment.map { record.moment - $0 },
                    from: record.direction == .received ? peer : own,
                    to: record.direction == .received ? own : peer,
                    label: words.label,
                    method: words.method,
                    kind: hop.entry.kind,
                    retransmissions: 0,
                    repetition: repetition(hop.entry),
                    isOwn: record.isOwn,
                    fork: fork,
                    tags: words.tags,
                    drop: record.drop,
                    call: call
                )
            )
        )
        lastRowMoment = record.moment
    }

    private mutating func fold(_ record: TraceRecord, into place: Int) {
        guard case .message(var message) = ladder.rows[place] else { return }
        message.retransmissions += 1
        message.lastSequence = record.sequence
        ladder.rows[place] = .message(message)
    }

    private mutating func repetition(_ entry: MessageEntry) -> Int? {
        guard entry.isRepeat else { return nil }
        let count = repetitions[entry.original, default: 0] + 1
        repetitions[entry.original] = count
        return count
    }

    /// The column of a flow's peer; a new one comes last, and our own after the first.
    private mutating func column(_ flow: Flow) -> Int {
        if let own = ladder.ownColumn, isOurs(flow) { return own }
        let address = isByHost ? SocketAddress(ip: flow.peer.ip, port: 0) : flow.peer
        if let known = columns[address] { return known }
        let isFirst = ladder.columns.isEmpty
        columns[address] = ladder.columns.count
        ladder.columns.append(
            LadderColumn(address: address, name: isByHost ? address.ip.description : address.description)
        )
        if isFirst { ladder.columns.append(LadderColumn(address: nil, name: "sipglass")) }
        return columns[address] ?? 0
    }

    /// True when the peer is one of our own listeners: a request that comes round.
    private func isOurs(_ flow: Flow) -> Bool {
        listeners.contains { listener in
            guard listener.transport == flow.transport else { return false }
            return listener.address == flow.peer || listener.advertised == flow.peer
        }
    }
}
