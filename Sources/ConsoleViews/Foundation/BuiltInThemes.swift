/// The themes that ship with the program: the files in `themes/`, word for word.
public enum BuiltInThemes {
    /// The names, in the order of the theme menu.
    public static var names: [String] { texts.map(\.name) }

    /// The theme of that name as its file says; nil when there is none.
    public static func source(named name: String) -> ThemeSource? {
        text(named: name).map { ThemeSource(reading: $0) }
    }

    /// The file of that name, for people who start their own theme from it.
    public static func text(named name: String) -> String? {
        texts.first { $0.name == name }?.text
    }

    /// The theme of that name, ready to use; nil when there is none.
    public static func theme(named name: String) -> Theme? {
        source(named: name).map { Theme($0) }
    }
}
