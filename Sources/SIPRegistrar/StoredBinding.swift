public import SIPFlow

/// A binding as a store keeps it.
///
/// - Shape: bytes as received, addresses instead of numbers, times of the wall clock.
/// - Units: all times in nanoseconds since 1970-01-01 UTC.
/// - Cost: shares the binding's bytes; nothing is copied.
public struct StoredBinding: Sendable {
    /// Its number.
    public var id: UInt64
    /// Its address of record.
    public var aor: [UInt8]
    /// The REGISTER's CSeq number.
    public var cseq: UInt32
    /// The q value in thousandths; nil when none was given.
    public var q: Int?
    /// What is spoken on its flow.
    public var transport: TransportKind
    /// The address of the listener that its flow belongs to.
    public var listener: SocketAddress
    /// The other side of its flow.
    public var peer: SocketAddress
    /// True when the contact's address differs from the packet's source.
    public var isBehindNAT: Bool
    /// The seconds that the phone asked for; nil when it named none.
    public var asked: Int?
    /// True when it is a flow of a phone that may have others (RFC 5626).
    public var isFlow: Bool
    /// True when requests go to its flow without asking the contact's host.
    public var keepsFlow: Bool
    /// How often it was refreshed.
    public var refreshes: UInt32
    /// When it was made.
    public var registeredAt: Int64
    /// When it was last refreshed.
    public var refreshedAt: Int64
    /// When it ends.
    public var expiresAt: Int64
    /// The texts, one after the other in the order of `Binding.Part`.
    let bytes: [UInt8]
    /// Where each text ends in `bytes`.
    let ends: InlineArray<6, UInt32>

    /// The contact URI.
    public var contact: ArraySlice<UInt8> { text(.contact) }
    /// The contact's parameters without expires, each with its semicolon; `reg-id` is among them.
    public var parameters: ArraySlice<UInt8> { text(.parameters) }
    /// The Path values as one list.
    public var path: ArraySlice<UInt8> { text(.path) }
    /// The REGISTER's Call-ID.
    public var callID: ArraySlice<UInt8> { text(.callID) }
    /// The phone's User-Agent.
    public var userAgent: ArraySlice<UInt8> { text(.userAgent) }
    /// The `+sip.instance` without quotes.
    public var instance: ArraySlice<UInt8> { text(.instance) }

    /// Makes one of what a store holds.
    public init(
        id: UInt64,
        aor: [UInt8],
        contact: [UInt8],
        parameters: [UInt8] = [],
        path: [UInt8] = [],
        callID: [UInt8],
        userAgent: [UInt8] = [],
        instance: [UInt8] = [],
        cseq: UInt32,
        q: Int? = nil,
        transport: TransportKind,
        listener: SocketAddress,
        peer: SocketAddress,
        isBehindNAT: Bool = false,
        asked: Int? = nil,
        isFlow: Bool = false,
        keepsFlow: Bool = false,
        refreshes: UInt32 = 0,
        registeredAt: Int64,
        refreshedAt: Int64,
        expiresAt: Int64
    ) {
        self.id = id
        self.aor = aor
        self.cseq = cseq
        self.q = q
        self.transport = transport
        self.listener = listener
        self.peer = peer
        self.isBehindNAT = isBehindNAT
        self.asked = asked
        self.isFlow = isFlow
        self.keepsFlow = keepsFlow
        self.refreshes = refreshes
        self.registeredAt = registeredAt
        self.refreshedAt = refreshedAt
        self.expiresAt = expiresAt
        var bytes: [UInt8] = []
        var ends = InlineArray<6, UInt32>(repeating: 0)
        for part in Binding.Part.allCases {
            switch part {
            case .contact: bytes += contact
            case .parameters: bytes += parameters
            case .path: bytes += path
            case .callID: bytes += callID
            case .userAgent: bytes += userAgent
            case .instance: bytes += instance
            }
            ends[part.rawValue] = UInt32(bytes.count)
        }
        self.bytes = bytes
        self.ends = ends
    }

    /// Takes a binding out of the table; its listener must be one of those given.
    init(_ binding: Binding, aor: [UInt8], listeners: [Listener], clock: ClockAnchor) {
        id = binding.id
        self.aor = aor
        cseq = binding.cseq
        q = binding.q.map(Int.init)
        transport = binding.flow.transport
        listener = listeners[binding.flow.listener.index].address
        peer = binding.flow.peer
        isBehindNAT = binding.isBehindNAT
        asked = binding.asked
        isFlow = binding.isFlow
        keepsFlow = binding.keepsFlow
        refreshes = binding.refreshes
        registeredAt = clock.unixNanoseconds(at: binding.registeredAt)
        refreshedAt = clock.unixNanoseconds(at: binding.refreshedAt)
        expiresAt = clock.unixNanoseconds(at: binding.expiresAt)
        bytes = binding.bytes
        ends = binding.ends
    }

    private func text(_ part: Binding.Part) -> ArraySlice<UInt8> {
        bytes[(part.rawValue == 0 ? 0 : Int(ends[part.rawValue - 1]))..<Int(ends[part.rawValue])]
    }
}
