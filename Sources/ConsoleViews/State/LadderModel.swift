import SIPFlow
import SIPReport
import SIPTrace

/// The ladder on the screen: what it is about, its rows and the selected message.
struct LadderModel: Sendable {
    /// What the time column counts from.
    enum TimeMode: Sendable {
        case clock, sinceStart, delta

        /// The one after it.
        var next: TimeMode {
            switch self {
            case .clock: .sinceStart
            case .sinceStart: .delta
            case .delta: .clock
            }
        }
    }

    private static let nothing = TraceBook().ladder(callIDs: [], listeners: [], expandRetransmits: false)

    private(set) var callID: String?
    private(set) var ladder = LadderModel.nothing
    private(set) var selected: UInt64?
    private(set) var top = 0
    var sideways = 0
    var timeMode = TimeMode.clock
    private(set) var isUnfolded = false
    private var isStale = true

    /// The place of the selected message among the rows.
    var selectedPlace: Int? {
        selected.flatMap { id in ladder.rows.firstIndex { $0.message?.sequence == id } }
    }

    /// The selected message.
    var message: LadderMessage? { selectedPlace.flatMap { ladder.rows[$0].message } }

    mutating func toggleFold() {
        isUnfolded.toggle()
        isStale = true
    }

    /// Shows what a Call-ID is about, made anew when it is another one or has new messages.
    mutating func show(_ callID: String?, mirror: EngineMirror, isChanged: Bool) {
        guard callID != self.callID || isChanged || isStale else { return }
        if callID != self.callID {
            selected = nil
            top = 0
            sideways = 0
        }
        self.callID = callID
        isStale = false
        guard let callID else {
            ladder = Self.nothing
            selected = nil
            return
        }
        ladder = mirror.trace.ladder(
            callIDs: [callID],
            listeners: mirror.listeners.map(\.listener),
            expandRetransmits: isUnfolded
        )
        if selectedPlace == nil {
            let before = selected.flatMap { id in
                ladder.rows.last { $0.message.map { $0.sequence < id } ?? false }?.message?.sequence
            }
            selected = before ?? ladder.rows.lazy.compactMap(\LadderRow.message).first?.sequence
        }
    }

    /// Moves the selection over messages only.
    mutating func move(_ distance: Int) {
        let places = ladder.rows.indices.filter { ladder.rows[$0].message != nil }
        guard !places.isEmpty else { return }
        let current = selectedPlace.flatMap { places.firstIndex(of: $0) } ?? 0
        let target = min(max(0, current.addingReportingOverflow(distance).partialValue), places.count - 1)
        selected = ladder.rows[places[target]].message?.sequence
    }

    mutating func moveToFirst() { move(-ladder.rows.count) }

    mutating func moveToLast() { move(ladder.rows.count) }

    /// Selects a message, or the original that it is folded into.
    mutating func select(_ sequence: UInt64) {
        let message = ladder.rows.lazy.compactMap(\LadderRow.message).last { $0.sequence <= sequence }
        selected = message?.sequence ?? selected
    }

    mutating func scroll(height: Int) {
        guard height > 0 else { return }
        top = min(top, max(0, ladder.rows.count - height))
        guard let place = selectedPlace else { return }
        if place < top { top = place }
        if place >= top + height { top = place - height + 1 }
    }
}

/// The message on the screen: how it is shown and which part.
struct MessageModel: Sendable {
    /// How its bytes are written.
    enum Form: Sendable, CaseIterable {
        case decoded, raw, hexadecimal
    }

    private(set) var sequence: UInt64?
    var form = Form.decoded
    var isWrapped = true
    var top = 0

    mutating func show(_ sequence: UInt64?) {
        guard sequence != self.sequence else { return }
        self.sequence = sequence
        top = 0
    }

    mutating func nextForm() {
        form =
            switch form {
            case .decoded: .raw
            case .raw: .hexadecimal
            case .hexadecimal: .decoded
            }
        top = 0
    }
}
