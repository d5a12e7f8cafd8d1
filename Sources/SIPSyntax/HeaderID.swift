/// A header field that this program knows by number.
///
/// - Shape: `other` stands for every name not listed; its bytes are in the message.
/// - Source: RFC 3261 §20 and the RFCs that add names; compact forms of RFC 3261 §7.3.3 and the IANA registry.
public enum HeaderID: UInt8, Sendable, Hashable, CaseIterable {
    /// A name not listed here.
    case other
    /// `Via`, compact `v`.
    case via
    /// `From`, compact `f`.
    case from
    /// `To`, compact `t`.
    case to
    /// `Call-ID`, compact `i`.
    case callID
    /// `CSeq`.
    case cseq
    /// `Max-Forwards`.
    case maxForwards
    /// `Route`.
    case route
    /// `Record-Route`.
    case recordRoute
    /// `Contact`, compact `m`.
    case contact
    /// `Content-Length`, compact `l`.
    case contentLength
    /// `Content-Type`, compact `c`.
    case contentType
    /// `Content-Encoding`, compact `e`.
    case contentEncoding
    /// `Content-Disposition`.
    case contentDisposition
    /// `Expires`.
    case expires
    /// `Min-Expires`.
    case minExpires
    /// `Require`.
    case require
    /// `Proxy-Require`.
    case proxyRequire
    /// `Supported`, compact `k`.
    case supported
    /// `Unsupported`.
    case unsupported
    /// `Authorization`.
    case authorization
    /// `Proxy-Authorization`.
    case proxyAuthorization
    /// `WWW-Authenticate`.
    case wwwAuthenticate
    /// `Proxy-Authenticate`.
    case proxyAuthenticate
    /// `Authentication-Info`.
    case authenticationInfo
    /// `User-Agent`.
    case userAgent
    /// `Server`.
    case server
    /// `Allow`.
    case allow
    /// `Allow-Events`, compact `u`.
    case allowEvents
    /// `Accept`.
    case accept
    /// `Event`, compact `o`.
    case event
    /// `Subscription-State`.
    case subscriptionState
    /// `Path`.
    case path
    /// `Service-Route`.
    case serviceRoute
    /// `Timestamp`.
    case timestamp
    /// `Date`.
    case date
    /// `Retry-After`.
    case retryAfter
    /// `Reason`.
    case reason
    /// `Warning`.
    case warning
    /// `Subject`, compact `s`.
    case subject
    /// `Refer-To`, compact `r`.
    case referTo
    /// `Referred-By`, compact `b`.
    case referredBy
    /// `Replaces`.
    case replaces
    /// `Session-Expires`, compact `x`.
    case sessionExpires
    /// `Min-SE`.
    case minSE
    /// `RSeq`.
    case rseq
    /// `RAck`.
    case rack
    /// `Max-Breadth`.
    case maxBreadth
    /// `Identity`.
    case identity
    /// `P-Asserted-Identity`.
    case pAssertedIdentity
    /// `P-Preferred-Identity`.
    case pPreferredIdentity
    /// `Privacy`.
    case privacy
    /// `Diversion`.
    case diversion
    /// `History-Info`.
    case historyInfo
    /// `Accept-Contact`, compact `a`.
    case acceptContact
    /// `Request-Disposition`, compact `d`.
    case requestDisposition
    /// `Reject-Contact`, compact `j`.
    case rejectContact
    /// `Identity-Info`.
    case identityInfo
    /// `MIME-Version`.
    case mimeVersion
    /// `Organization`.
    case organization
    /// `Alert-Info`.
    case alertInfo
    /// `Call-Info`.
    case callInfo

    /// The name in its usual spelling; empty for `other`.
    public var name: String {
        switch self {
        case .other: ""
        case .via: "Via"
        case .from: "From"
        case .to: "To"
        case .callID: "Call-ID"
        case .cseq: "CSeq"
        case .maxForwards: "Max-Forwards"
        case .route: "Route"
        case .recordRoute: "Record-Route"
        case .contact: "Contact"
        case .contentLength: "Content-Length"
        case .contentType: "Content-Type"
        case .contentEncoding: "Content-Encoding"
        case .contentDisposition: "Content-Disposition"
        case .expires: "Expires"
        case .minExpires: "Min-Expires"
        case .require: "Require"
        case .proxyRequire: "Proxy-Require"
        case .supported: "Supported"
        case .unsupported: "Unsupported"
        case .authorization: "Authorization"
        case .proxyAuthorization: "Proxy-Authorization"
        case .wwwAuthenticate: "WWW-Authenticate"
        case .proxyAuthenticate: "Proxy-Authenticate"
        case .authenticationInfo: "Authentication-Info"
        case .userAgent: "User-Agent"
        case .server: "Server"
        case .allow: "Allow"
        case .allowEvents: "Allow-Events"
        case .accept: "Accept"
        case .event: "Event"
        case .subscriptionState: "Subscription-State"
        case .path: "Path"
        case .serviceRoute: "Service-Route"
        case .timestamp: "Timestamp"
        case .date: "Date"
        case .retryAfter: "Retry-After"
        case .reason: "Reason"
        case .warning: "Warning"
        case .subject: "Subject"
        case .referTo: "Refer-To"
        case .referredBy: "Referred-By"
        case .replaces: "Replaces"
        case .sessionExpires: "Session-Expires"
        case .minSE: "Min-SE"
        case .rseq: "RSeq"
        case .rack: "RAck"
        case .maxBreadth: "Max-Breadth"
        case .identity: "Identity"
        case .pAssertedIdentity: "P-Asserted-Identity"
        case .pPreferredIdentity: "P-Preferred-Identity"
        case .privacy: "Privacy"
        case .diversion: "Diversion"
        case .historyInfo: "History-Info"
        case .acceptContact: "Accept-Contact"
        case .requestDisposition: "Request-Disposition"
        case .rejectContact: "Reject-Contact"
        case .identityInfo: "Identity-Info"
        case .mimeVersion: "MIME-Version"
        case .organization: "Organization"
        case .alertInfo: "Alert-Info"
        case .callInfo: "Call-Info"
        }
    }

    /// The one-letter name; nil when there is none.
    var compactName: UInt8? {
        switch self {
        case .via: UInt8(ascii: "v")
        case .from: UInt8(ascii: "f")
        case .to: UInt8(ascii: "t")
        case .callID: UInt8(ascii: "i")
        case .contact: UInt8(ascii: "m")
        case .contentLength: UInt8(ascii: "l")
        case .contentType: UInt8(ascii: "c")
        case .contentEncoding: UInt8(ascii: "e")
        case .supported: UInt8(ascii: "k")
        case .allowEvents: UInt8(ascii: "u")
        case .event: UInt8(ascii: "o")
        case .subject: UInt8(ascii: "s")
        case .referTo: UInt8(ascii: "r")
        case .referredBy: UInt8(ascii: "b")
        case .sessionExpires: UInt8(ascii: "x")
        case .acceptContact: UInt8(ascii: "a")
        case .requestDisposition: UInt8(ascii: "d")
        case .rejectContact: UInt8(ascii: "j")
        default: nil
        }
    }
}
