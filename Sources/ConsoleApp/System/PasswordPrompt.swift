import Foundation
import Glibc

/// Asks for a password on the terminal, without showing it.
enum PasswordPrompt {
    /// Asks once; nil at the end of the input.
    static func ask(_ question: String) -> String? {
        FileHandle.standardError.write(Data(question.utf8))
        var usual = termios()
        // Both calls use one termios, which lives until they return.
        let isTerminal = unsafe tcgetattr(STDIN_FILENO, &usual) == 0
        if isTerminal {
            var quiet = usual
            quiet.c_lflag &= ~tcflag_t(ECHO)
            unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet)
        }
        defer {
            if isTerminal {
                unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual)
                FileHandle.standardError.write(Data("\n".utf8))
            }
        }
        return readLine()
    }

    /// True when standard input is a terminal.
    static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }
}
