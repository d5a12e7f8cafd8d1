import SIPFlow

/// What every message through a listener gets, written once for all.
struct ListenerMarks: Sendable, Equatable {
    /// A Via line up to its branch's value.
    let via: [UInt8]
    /// A Record-Route line up to its proof.
    let recordRoute: [UInt8]

    init(_ listener: Listener) {
        let address = listener.advertised.description
        via = Array("Via: SIP/2.0/\(listener.transport.token) \(address);branch=".utf8)
        recordRoute = Array("Record-Route: <sip:\(address);lr;sg=".utf8)
    }
}
