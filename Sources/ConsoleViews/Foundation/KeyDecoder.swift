/// Makes keys of what a terminal sends, one piece after another.
///
/// - Shape: the terminal library has recognised the sequences it knows; the rest comes as scalars. An Escape with
///   a character right behind it is Alt; unknown sequences are swallowed whole, so that none of their letters is
///   taken for a command. A paste is collected and comes out as one key.
/// - Limits: a paste keeps 65,536 scalars, an unknown sequence 32. Any input leaves a state that ends.
public struct KeyDecoder: Sendable {
    /// A piece of input.
    public enum Input: Sendable, Hashable {
        case scalar(Unicode.Scalar)
        /// A key that the terminal library recognised.
        case key(Key)
        /// The beginning of a mouse report; numbers and a final letter follow.
        case mousePrefix
        case pasteBegin
        case pasteEnd
    }

    private enum State {
        case ground
        case escape
        /// An unknown control sequence, with the count of its scalars so far.
        case sequence(count: Int)
        /// An unknown sequence of one more scalar.
        case shortSequence
        case mouse(digits: String)
        /// Inside a paste, which is collected in `pasted`.
        case paste(count: Int)
    }

    private static let longestPaste = 65_536
    private static let longestSequence = 32

    private var state = State.ground
    private var keys: [Key] = []
    private var pasted = ""

    /// A decoder that has seen nothing.
    public init() {}

    /// Takes a piece of input.
    public mutating func take(_ input: Input) {
        switch (state, input) {
        case (.paste, .pasteEnd): endPaste()
        case (.paste(let count), .scalar(let scalar)): grow(count, scalar)
        case (.paste, _): break
        case (.escape, .scalar(let scalar)): takeAfterEscape(scalar)
        case (.sequence(let count), .scalar(let scalar)): takeInSequence(scalar, count)
        case (.shortSequence, .scalar): state = .ground
        case (.mouse(let digits), .scalar(let scalar)): takeInMouse(scalar, digits)
        case (_, .scalar(let scalar)): takeOnGround(scalar)
        case (_, .key), (_, .mousePrefix), (_, .pasteBegin), (_, .pasteEnd): takeRecognised(input)
        }
    }

    /// Ends a batch of input and hands out its keys: a lone Escape is now known to be the key.
    public mutating func finish() -> [Key] {
        switch state {
        case .escape:
            emit(.escape)
        case .sequence(0):
            emit(.alt("["))
        case .shortSequence:
            emit(.alt("O"))
        case .paste where pasted.unicodeScalars.last == "\u{1B}":
            // No terminal sends a lone Escape inside a paste: the end got lost and somebody wants out.
            pasted.unicodeScalars.removeLast()
            endPaste()
        case .ground, .sequence, .mouse, .paste:
            break
        }
        defer { keys = [] }
        return keys
    }

    private mutating func takeRecognised(_ input: Input) {
        if case .escape = state { keys.append(.escape) }
        state = .ground
        switch input {
        case .key(let key): keys.append(key)
        case .mousePrefix: state = .mouse(digits: "")
        case .pasteBegin: state = .paste(count: 0)
        case .pasteEnd, .scalar: break
        }
    }

    private mutating func takeOnGround(_ scalar: Unicode.Scalar) {
        if scalar == "\u{1B}" {
            state = .escape
        } else if let key = Self.key(scalar) {
            emit(key)
        }
    }

    private mutating func takeAfterEscape(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\u{1B}": keys.append(.escape)
        case "[": state = .sequence(count: 0)
        case "O": state = .shortSequence
        default:
            if Printable.width(of: scalar) > 0 {
                emit(.alt(scalar))
            } else {
                emit(.escape)
                takeOnGround(scalar)
            }
        }
    }

    private mutating func takeInSequence(_ scalar: Unicode.Scalar, _ count: Int) {
        if scalar == "\u{1B}" {
            state = .escape
        } else if (0x40...0x7E).contains(scalar.value) || count >= Self.longestSequence {
            state = .ground
        } else {
            state = .sequence(count: count + 1)
        }
    }

    private mutating func takeInMouse(_ scalar: Unicode.Scalar, _ digits: String) {
        switch scalar {
        case "0"..."9", ";":
            state =
                digits.utf8.count < Self.longestSequence ? .mouse(digits: digits + String(scalar)) : .ground
        case "M", "m":
            state = .ground
            if let event = MouseEvent(report: digits, isRelease: scalar == "m") { keys.append(.mouse(event)) }
        default:
            state = .ground
            takeOnGround(scalar)
        }
    }

    private mutating func grow(_ count: Int, _ scalar: Unicode.Scalar) {
        guard count < Self.longestPaste || scalar == "\u{1B}" else { return }
        pasted.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
        state = .paste(count: count + 1)
    }

    private mutating func endPaste() {
        emit(.paste(pasted))
        pasted = ""
    }

    private mutating func emit(_ key: Key) {
        keys.append(key)
        state = .ground
    }

    /// The key that sends one scalar; nil for what is no key.
    private static func key(_ scalar: Unicode.Scalar) -> Key? {
        switch scalar.value {
        case 0x08, 0x7F: .backspace
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x00: .control(" ")
        case 0x01...0x1A: .control(Unicode.Scalar(UInt8(scalar.value) + 0x60))
        case 0x1C...0x1F: .control(Unicode.Scalar(UInt8(scalar.value) + 0x40))
        default: Printable.width(of: scalar) > 0 ? .character(scalar) : nil
        }
    }
}

extension MouseEvent {
    /// Reads the numbers of an SGR mouse report: button, column and row, the last two counted from 1.
    fileprivate init?(report: String, isRelease: Bool) {
        let numbers = report.split(separator: ";", omittingEmptySubsequences: false).compactMap { Int($0) }
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return nil }
        let code = numbers[0]
        let position = Position(column: numbers[1] - 1, row: numbers[2] - 1)
        if code & 64 != 0 {
            guard code & 3 < 2 else { return nil }
            self.init(code & 3 == 0 ? .wheelUp : .wheelDown, position: position)
            return
        }
        let buttons: [Button] = [.left, .middle, .right, .none]
        let action: Action = isRelease ? .release : code & 32 != 0 ? .drag : .press
        self.init(action, button: buttons[code & 3], position: position)
    }
}
