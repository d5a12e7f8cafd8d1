import Foundation

/// Writes lines to standard error, down to a level.
struct Log: Sendable {
    /// The least important level that is written.
    var level: Settings.LogLevel

    /// Writes a line of a level.
    func write(_ level: Settings.LogLevel, _ text: @autoclosure () -> String) {
        guard level <= self.level else { return }
        FileHandle.standardError.write(Data("sipglass: \(text())\n".utf8))
    }
}

/// Writes a line to standard output at once, also into a pipe.
func printLine(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}
