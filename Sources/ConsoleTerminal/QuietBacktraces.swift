import Glibc

/// Keeps a crash report from waiting for a key.
///
/// On a terminal Swift's crash reporter asks what to do and waits for 30 seconds. It reads its settings before
/// `main`, so the only sure way to change them is to start the program once more with the setting in its
/// environment.
public enum QuietBacktraces {
    /// Starts the program again, in the same process, unless the setting is there; call it first in `main`.
    ///
    /// - Errors: none; when the program cannot be started again, it goes on with the reporter as it is.
    /// - Cost: one more start of the program, a few milliseconds.
    public static func ensure() {
        let name = "SWIFT_BACKTRACE"
        let present = unsafe getenv(name).map { unsafe String(cString: $0) } ?? ""
        guard !present.contains("interactive=") else { return }
        let value = (present.isEmpty ? "" : present + ",") + "interactive=no"
        // No other thread runs yet, and the program's own arguments live as long as the process.
        guard let path = programPath(), unsafe setenv(name, value, 1) == 0 else { return }
        unsafe execv(path, CommandLine.unsafeArgv)
    }

    /// The file of the running program; its own name, not a link's, so that process lists show it.
    private static func programPath() -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let size = buffer.count
        // At most the buffer is filled; the count says how far.
        let count = unsafe readlink("/proc/self/exe", &buffer, size)
        return count > 0
            ? String(validating: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
