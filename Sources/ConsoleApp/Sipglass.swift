import ArgumentParser
import ConsoleTerminal
import Foundation

/// The program.
public enum Sipglass {
    /// Runs what the command line asks for, and ends the process with the exit code that says how it went.
    public static func main() -> Never {
        QuietBacktraces.ensure()
        exit(run(nil))
    }

    /// Runs what the command line asks for.
    static func run(_ arguments: [String]?) -> Int32 {
        do {
            var command = try SipglassCommand.parseAsRoot(arguments)
            try command.run()
            return ExitStatus.done.rawValue
        } catch let failure as Failure {
            for line in failure.lines { writeError(line) }
            return failure.status.rawValue
        } catch let code as ExitCode {
            return code.rawValue
        } catch {
            // Help and version are errors to the parser, too; they go to standard output.
            let code = SipglassCommand.exitCode(for: error)
            let text = SipglassCommand.fullMessage(for: error)
            if code.isSuccess { printLine(text) } else { writeError(text) }
            return code.isSuccess ? ExitStatus.done.rawValue : ExitStatus.usage.rawValue
        }
    }

    private static func writeError(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
