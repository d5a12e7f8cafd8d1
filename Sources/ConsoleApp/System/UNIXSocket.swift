import Glibc
import SIPTransport

/// Stream sockets with a path in the file system.
enum UNIXSocket {
    /// Why a socket cannot be had.
    enum Problem: Error, Equatable {
        /// The path does not fit into an address of the system.
        case pathTooLong
        /// Something answers at the path.
        case taken
        /// Something that is no socket lies at the path.
        case noSocket
        /// Nothing listens at the path.
        case nobody
        /// The system refuses, in its words.
        case system(String)

        /// One clause for people.
        var text: String {
            switch self {
            case .pathTooLong: "the path is longer than a socket's may be, 107 bytes"
            case .taken: "another sipglass answers on it"
            case .noSocket: "something that is no socket lies there"
            case .nobody: "nobody answers on it"
            case .system(let words): words
            }
        }
    }

    /// Listens at a path that only this user may connect to; what a dead process left there is removed.
    static func listen(at path: String) throws(Problem) -> Descriptor {
        try removeStale(path)
        let socket = try open()
        // The mode is that of the socket's file from the first moment, without touching the process's umask.
        guard fchmod(socket.number, 0o600) == 0 else { throw .system(systemErrorText(errno)) }
        guard try unsafe withAddress(path, { unsafe bind(socket.number, $0, $1) }) == 0 else {
            throw errno == EADDRINUSE ? .taken : .system(systemErrorText(errno))
        }
        guard Glibc.listen(socket.number, 16) == 0 else { throw .system(systemErrorText(errno)) }
        return socket
    }

    /// Connects to a path.
    static func connect(to path: String) throws(Problem) -> Descriptor {
        let socket = try open()
        guard try unsafe withAddress(path, { unsafe Glibc.connect(socket.number, $0, $1) }) == 0 else {
            switch errno {
            case ENOENT, ECONNREFUSED: throw .nobody
            default: throw .system(systemErrorText(errno))
            }
        }
        return socket
    }

    /// Accepts a waiting connection; nil when there is none.
    static func accept(on listener: Descriptor) -> Descriptor? {
        // No address is asked for, so the call writes nothing.
        let number = Glibc.accept(listener.number, nil, nil)
        guard number >= 0 else { return nil }
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return Descriptor(number)
    }

    private static func removeStale(_ path: String) throws(Problem) {
        var information = stat()
        // The call writes one stat, which lives until it returns.
        guard unsafe lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFSOCK else { throw .noSocket }
        do {
            _ = try connect(to: path)
        } catch .nobody {
            unsafe unlink(path)
            return
        }
        throw .taken
    }

    private static func open() throws(Problem) -> Descriptor {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(AF_UNIX, type, 0)
        guard number >= 0 else { throw .system(systemErrorText(errno)) }
        return Descriptor(number)
    }

    private static func withAddress(
        _ path: String,
        _ call: (UnsafePointer<sockaddr>, socklen_t) -> CInt
    ) throws(Problem) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .pathTooLong }
        // The path fits with a zero behind it; the address lives until the call returns.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
