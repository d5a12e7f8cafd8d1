import Glibc

/// A file descriptor that is closed when nobody holds it any more.
final class Descriptor: Sendable {
    /// The number.
    let number: CInt

    /// Takes over a descriptor.
    init(_ number: CInt) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// Reads until an end mark, the end of the stream, a limit or a time-out.
    func readBytes(until mark: UInt8?, limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < limit {
            // The call writes at most `count` bytes into the buffer, which lives until it returns.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(number, $0.baseAddress, $0.count, 0)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += buffer[..<count]
            if let mark, buffer[..<count].contains(mark) { break }
        }
        return bytes
    }

    /// Writes all bytes; false when the other side went away or did not read in time.
    func write(_ bytes: some Sequence<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var start = 0
        while start < bytes.count {
            // The call reads the bytes from `start` on, which live until it returns.
            let count = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[start...])
                return unsafe send(number, rest.baseAddress, rest.count, CInt(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            start += count
        }
        return true
    }

    /// Limits how long one read or write may take.
    func setTimeout(seconds: Int) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        // Both calls read one timeval, which lives until they return.
        unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        unsafe setsockopt(number, SOL_SOCKET, SO_SNDTIMEO, &time, size)
    }
}
