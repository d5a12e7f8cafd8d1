import SIPFlow

/// Where to listen: `udp:127.0.0.1:5060`, `udp:[::1]:5060`.
struct ListenAddress: Sendable, Hashable {
    /// What is spoken.
    var transport: TransportKind
    /// Where.
    var address: SocketAddress

    /// Pairs a transport with an address.
    init(transport: TransportKind, address: SocketAddress) {
        self.transport = transport
        self.address = address
    }

    /// Why a text is no place to listen at, and what to write instead.
    struct Problem: Error, Equatable {
        var text: String
        var remedy: String
    }

    /// Reads the text of a flag or of the configuration file.
    init(_ text: String) throws(Problem) {
        let example = "write udp:ADDRESS:PORT, as in udp:127.0.0.1:5060 or udp:[::1]:5060"
        guard let colon = text.firstIndex(of: ":") else {
            throw Problem(text: "\"\(text)\" is no place to listen at", remedy: example)
        }
        let word = text[..<colon].lowercased()
        guard word == "udp" else {
            let known = ["tcp", "tls", "ws", "wss", "hep"].contains(word)
            throw Problem(
                text: known ? "\(word) is not there yet, only udp" : "\"\(word)\" is no transport",
                remedy: example
            )
        }
        let rest = String(text[text.index(after: colon)...])
        guard let address = SocketAddress(rest, defaultPort: TransportKind.udp.defaultPort) else {
            throw Problem(text: "\"\(rest)\" is no IP address with a port from 1 to 65535", remedy: example)
        }
        self.init(transport: .udp, address: address)
    }
}

extension ListenAddress: CustomStringConvertible {
    /// `udp 127.0.0.1:5060`, as the program names its listeners.
    var description: String { "\(transport.token.lowercased()) \(address)" }
}
