import Foundation
import Glibc

/// Keeps a second engine off a store: a locked file beside it, which holds the owner's process number.
///
/// - Shape: the lock ends with the process, however it ends; the file stays.
final class InstanceLock: Sendable {
    private let file: FileHandle

    /// Locks a store.
    ///
    /// - Errors: another process has it, or the file cannot be made.
    init(store path: String) throws(StoreError) {
        // A mode is given, since the call may create the file.
        let number = unsafe open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard number >= 0 else {
            throw StoreError(.refused("\(path).lock: \(systemWords(errno))"), path: path)
        }
        file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else {
                throw StoreError(.refused("\(path).lock: \(systemWords(errno))"), path: path)
            }
            let owner = (try? file.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let digits = owner.prefix { $0.isNumber }
            throw StoreError(.inUse(by: digits.isEmpty ? "" : ", process \(digits)"), path: path)
        }
        try? file.truncate(atOffset: 0)
        try? file.write(contentsOf: Data("\(getpid())\n".utf8))
    }
}

/// What the system calls an error.
func systemWords(_ code: CInt) -> String {
    // The text is copied before another call may change it.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
}
