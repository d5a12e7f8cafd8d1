public import SIPFlow

/// One binding for a report: plain values with text.
public struct BindingSnapshot: Sendable, Hashable {
    /// Its number.
    public var id: UInt64
    /// Its address of record.
    public var aor: String
    /// Its contact URI.
    public var contact: String
    /// The flow that the last REGISTER came over.
    public var flow: Flow
    /// When it was made.
    public var registeredAt: Moment
    /// When it was last refreshed.
    public var refreshedAt: Moment
    /// When it ends.
    public var expiresAt: Moment
    /// How often it was refreshed.
    public var refreshes: Int
    /// The phone's User-Agent.
    public var userAgent: String
    /// The REGISTER's Call-ID.
    public var callID: String
    /// The REGISTER's CSeq number.
    public var cseq: UInt32
    /// The q value in thousandths; nil when none was given.
    public var q: Int?
    /// The Path values as one list.
    public var path: String
    /// The `+sip.instance` without quotes.
    public var instance: String
    /// True when the contact's address differs from the packet's source.
    public var isBehindNAT: Bool
    /// The seconds that the phone asked for; nil when it named none.
    public var asked: Int?
    /// How many bindings of the address of record have its User-Agent; 1 when it named none.
    public var alike: Int
    /// True when its REGISTER had a Path and did not say that the phone supports it.
    public var hasUnaskedPath: Bool
    /// What the phone answered when it was asked whether it is there.
    public var ping = PingResult()

    init(_ binding: Binding, aor key: [UInt8], alike: Int) {
        id = binding.id
        aor = String(decoding: key, as: UTF8.self)
        contact = binding.text(.contact)
        flow = binding.flow
        registeredAt = binding.registeredAt
        refreshedAt = binding.refreshedAt
        expiresAt = binding.expiresAt
        refreshes = Int(binding.refreshes)
        userAgent = binding.text(.userAgent)
        callID = binding.text(.callID)
        cseq = binding.cseq
        q = binding.q.map(Int.init)
        path = binding.text(.path)
        instance = binding.text(.instance)
        isBehindNAT = binding.isBehindNAT
        asked = binding.asked
        hasUnaskedPath = binding.hasUnaskedPath
        self.alike = alike
    }
}
