import ConsoleViews
import Foundation

/// The built-in themes and those of the user's directory, which replace built-in ones of the same name.
struct ThemeLibrary: Sendable {
    /// What was passed over while reading, each with file and line.
    private(set) var warnings: [String] = []
    private var own: [ThemeSource] = []

    /// Reads all `*.toml` of a directory, which need not exist.
    init(directory: String) {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        for file in files.sorted() where file.hasSuffix(".toml") {
            let path = directory + "/" + file
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                warnings.append("\(path): cannot be read")
                continue
            }
            var source = ThemeSource(reading: text)
            if source.name.isEmpty { source.name = String(file.dropLast(".toml".count)) }
            own.append(source)
        }
        for source in own {
            warnings += Theme(source, others: own).warnings.map { warning in
                "theme \(source.name):\(warning.line): \(warning.text)"
            }
        }
    }

    /// All names, the built-in ones first.
    var names: [String] {
        BuiltInThemes.names + own.map(\.name).filter { !BuiltInThemes.names.contains($0) }
    }

    /// The theme of a name; nil when there is none.
    func theme(named name: String) -> Theme? {
        own.first { $0.name == name }.map { Theme($0, others: own) } ?? BuiltInThemes.theme(named: name)
    }

    /// The theme after another in the order of the names.
    func theme(after name: String) -> Theme? {
        let names = names
        let next = names.firstIndex(of: name).map { ($0 + 1) % names.count } ?? 0
        return theme(named: names[next])
    }

    /// The theme to begin with.
    ///
    /// - Shape: `COLORFGBG`, set by some terminals as `15;0`, tells whether the background is light.
    func first(_ choice: Settings.ThemeChoice?, background: String?) -> (theme: Theme?, unknown: String?) {
        let usual = Settings.ThemeChoice(dark: "default-dark", light: "default-light")
        let number = background?.split(separator: ";").last.flatMap { Int($0) }
        let isLight = number.map { $0 == 7 || (9...15).contains($0) } ?? false
        let wanted = choice ?? usual
        let name = isLight ? wanted.light : wanted.dark
        if let theme = theme(named: name) { return (theme, nil) }
        return (theme(named: isLight ? usual.light : usual.dark), name)
    }
}
