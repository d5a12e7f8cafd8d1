/// Where registrations shall last.
enum StoreChoice: Sendable, Hashable {
    /// In memory: a restart begins empty.
    case memory
    /// In a SQLite file.
    case file(String)

    /// Reads what a flag or the configuration says.
    init(_ text: String) {
        self = text == "memory" ? .memory : .file(text)
    }
}
