import SIPFlow
import SIPSyntax

/// One contact of an address of record (RFC 3261 §10).
///
/// - Shape: its texts stand one after the other in one array, which a refresh writes anew in place.
struct Binding {
    /// The texts of a binding, in the order in which they are stored.
    enum Part: Int, CaseIterable {
        /// The contact URI.
        case contact
        /// The contact's parameters without expires, each with its semicolon.
        case parameters
        /// The Path values as one list; empty when there were none.
        case path
        /// The REGISTER's Call-ID.
        case callID
        /// The phone's User-Agent; empty when it named none.
        case userAgent
        /// The `+sip.instance` without quotes; empty when there was none.
        case instance
    }

    var id: UInt64
    /// The slot of its address of record.
    var aor: UInt32
    /// The next binding of the same address of record, lower in rank; `UInt32.max` at the end.
    var next = UInt32.max
    private(set) var bytes: [UInt8] = []
    /// Where each part ends in `bytes`.
    private(set) var ends = InlineArray<6, UInt32>(repeating: 0)
    private(set) var cseq: UInt32 = 0
    /// The q value in thousandths; nil when none was given.
    private(set) var q: Int16?
    /// The seconds that the phone asked for; nil when it named none.
    private(set) var asked: Int?
    /// True when it is a flow of a phone that may have others (RFC 5626).
    private(set) var isFlow = false
    /// The registrations of its instance under its Call-ID, for temporary GRUUs; 0 when it has none.
    var series: UInt64 = 0
    var isBehindNAT = false
    /// True when its contact's host cannot be resolved, or the flow is to be used without asking.
    private(set) var keepsFlow = false
    /// True when its REGISTER had a Path and did not say that the phone supports it.
    private(set) var hasUnaskedPath = false
    var refreshes: UInt32 = 0
    var flow: Flow
    var registeredAt: Moment
    var refreshedAt: Moment
    var expiresAt: Moment

    init(id: UInt64, aor: UInt32, flow: Flow, now: Moment, expiresAt: Moment) {
        self.id = id
        self.aor = aor
        self.flow = flow
        registeredAt = now
        refreshedAt = now
        self.expiresAt = expiresAt
    }

    /// The q that it is tried with: a missing one counts as 1 (RFC 3261 gives no default).
    var rank: Int { Int(q ?? 1_000) }

    /// Where a part is in `bytes`.
    func slice(_ part: Part) -> Slice {
        Slice(part.rawValue == 0 ? 0 : Int(ends[part.rawValue - 1]), Int(ends[part.rawValue]))
    }

    /// A part as text.
    func text(_ part: Part) -> String { bytes.span.text(slice(part)) }

    /// Takes over what a REGISTER says of a contact; the array keeps its room.
    mutating func fill(_ update: ContactUpdate, _ source: Span<UInt8>, _ index: MessageIndex) {
        bytes.removeAll(keepingCapacity: true)
        bytes.reserveCapacity(update.storedBytes(index))
        for part in Part.allCases {
            append(part, update, source, index)
            ends[part.rawValue] = UInt32(bytes.count)
        }
        cseq = index.cseq?.number ?? 0
        q = update.q
        asked = update.expires
        isFlow = update.isFlow
        hasUnaskedPath = index.has(.path) && !index.lists("path", in: .supported, source)
        keepsFlow = !index.has(.path) && (update.isFlow || update.hasInvalidHost(source))
    }

    /// Takes over what a store kept of a contact.
    mutating func fill(_ stored: StoredBinding) {
        bytes = stored.bytes
        ends = stored.ends
        cseq = stored.cseq
        q = stored.q.map { Int16(clamping: $0) }
        isBehindNAT = stored.isBehindNAT
        asked = stored.asked
        isFlow = stored.isFlow
        keepsFlow = stored.keepsFlow
        refreshes = stored.refreshes
    }

    private mutating func append(
        _ part: Part,
        _ update: ContactUpdate,
        _ source: Span<UInt8>,
        _ index: MessageIndex
    ) {
        switch part {
        case .contact: append(source, update.address.uri)
        case .parameters: appendParameters(source, update.address.parameters)
        case .path: appendPath(source, index)
        case .callID: append(source, index.callID)
        case .userAgent: if let field = index.first(.userAgent) { append(source, field.value) }
        case .instance: append(source, update.instance)
        }
    }

    private mutating func append(_ source: Span<UInt8>, _ slice: Slice) {
        bytes.append(copying: source.extracting(slice.range))
    }

    private mutating func appendParameters(_ source: Span<UInt8>, _ list: Slice) {
        var cursor = ParameterCursor(list)
        while let parameter = cursor.next(source) {
            if source.equals(parameter.name, ignoringCase: "expires")
                || source.equals(parameter.name, ignoringCase: "pub-gruu")
                || source.equals(parameter.name, ignoringCase: "temp-gruu")
            {
                // Ours to give: what a phone says of them is old, or not true (RFC 5627 §5.1).
                continue
            }
            bytes.append(UInt8(ascii: ";"))
            append(source, parameter.whole)
        }
    }

    private mutating func appendPath(_ source: Span<UInt8>, _ index: MessageIndex) {
        let start = bytes.count
        var field = index.first(.path)
        while let present = field {
            if bytes.count > start { bytes.append(ascii: ", ") }
            append(source, present.value)
            field = index.next(after: present)
        }
    }
}
