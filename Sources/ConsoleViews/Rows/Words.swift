import SIPFlow
import SIPReport
import SIPTrace

/// Short words for things of the protocol.
enum Words {
    /// `1001@10.0.0.21:5062` of `<sip:1001@10.0.0.21:5062;ob>`.
    static func address(ofURI uri: String) -> String {
        var text = Substring(uri)
        for scheme in ["sip:", "sips:"] where text.lowercased().hasPrefix(scheme) {
            text = text.dropFirst(scheme.count)
        }
        return String(text.prefix { $0 != ";" && $0 != "?" })
    }

    /// The part before the `@`; empty when there is none.
    static func user(of address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return "" }
        return String(address[..<at])
    }

    /// The part after the `@`.
    static func host(of address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return address }
        return String(address[address.index(after: at)...])
    }

    /// `dropped` of `drop`: an act of the audit log that is done.
    static func done(_ act: String) -> String {
        switch act {
        case "drop": "dropped"
        case "bounce": "bounced"
        case "reject": "rejected"
        default: act
        }
    }

    /// `UDP 127.0.0.1:5060`, with `*` for every address.
    static func listener(_ listener: Listener) -> String {
        let address = listener.address
        let host = address.ip.isUnspecified ? (address.ip.isV6 ? "[::]" : "*") : ""
        let place = host.isEmpty ? address.description : "\(host):\(address.port)"
        return "\(listener.transport.token) \(place)"
    }
}

extension MessageKind {
    /// The role that messages of this kind are drawn in.
    var role: Role {
        switch self {
        case .request: .sipRequest
        case .provisional: .sipProvisional
        case .success: .sipSuccess
        case .redirect: .sipRedirect
        case .clientError: .sipClientError
        case .serverError: .sipServerError
        case .globalError: .sipGlobalError
        case .unreadable: .stateBad
        }
    }

    /// The word in the filter's `kind` field.
    var word: String {
        switch self {
        case .request: "request"
        case .provisional: "provisional"
        case .success: "success"
        case .redirect: "redirect"
        case .clientError: "client_error"
        case .serverError: "server_error"
        case .globalError: "global_error"
        case .unreadable: "unreadable"
        }
    }
}

extension CallState {
    /// The role that the state is drawn in.
    var role: Role {
        switch self {
        case .calling, .ringing: .sipProvisional
        case .cancelling: .stateEnding
        case .talking: .stateOK
        case .ended, .cancelled: .stateIdle
        case .redirected: .sipRedirect
        case .noAnswer: .stateWarn
        case .failed(let code): Role.response(code)
        }
    }

    /// The word without the code, in lower case, as the filter's `state` field has it.
    var filterWord: String {
        switch self {
        case .failed: "failed"
        case .redirected: "redirected"
        case .noAnswer: "noanswer"
        case .calling, .ringing, .cancelling, .talking, .ended, .cancelled: word.lowercased()
        }
    }
}
