import ConsoleTerminal
import SIPCore
import SIPFlow
import SIPRegistrar

/// What a configuration file may say; flags override it.
///
/// - Shape: nil or empty is "not said", so that the default or a flag decides.
struct Settings: Sendable, Hashable {
    /// How loud the log is.
    enum LogLevel: String, Sendable, CaseIterable, Comparable {
        case error
        case warning
        case info
        case debug

        static func < (left: LogLevel, right: LogLevel) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// The glyphs that the screen draws with.
    enum Glyphs: String, Sendable, CaseIterable {
        /// Unicode when the terminal's character set has it.
        case auto
        case unicode
        case ascii
    }

    /// Themes by the terminal's background.
    struct ThemeChoice: Sendable, Hashable {
        var dark: String
        var light: String
    }

    var listen: [ListenAddress] = []
    var domains: [String] = []
    var domainAliases: [String] = []
    /// Names of users and the addresses of record that they lead to, as URIs.
    var userAliases: [String: String] = [:]
    var users: String?
    var isOpen = false
    var theme: ThemeChoice?
    var control: String?
    var store: String?
    var logLevel = LogLevel.info
    var isReadOnly = false

    var minimumExpiry: Int?
    var defaultExpiry: Int?
    var maximumExpiry: Int?
    var contactsPerAOR: Int?
    var serviceRoute: String?
    var pingInterval: Interval?
    var ignoresUserCase: Bool?
    var takesTelephoneNumbers: Bool?
    var contactsOverflow: RegistrarPolicy.Overflow?
    var replacesSamePhone: Bool?
    var listsOnlyOwn: Bool?
    var requiresPathSupport: Bool?
    var takesOutbound: Bool?
    var givesGRUU: Bool?
    var pushServices: [String] = []

    var algorithms: [DigestAlgorithm] = []
    var nonceLife: Interval?
    var acceptsAbsentQop = false
    var offersIntegrity = false
    var asksStrangers = false

    var t1: Interval?
    var t2: Interval?
    var t4: Interval?
    var timerC: Interval?
    var trying: Interval?

    /// How requests are forwarded; what one source may do.
    var maximumBreadth: Int?
    var followsRedirects: Bool?
    var controlsOverload: Bool?
    var sources = SourceLimits()

    /// Empty: the system's.
    var nameServers: [SocketAddress] = []
    var nameTimeout: Interval?
    var nameTries: Int?

    var bindingLimit: Int?
    var transactionLimit: Int?
    var gathering: Interval?
    var traceBudget: Int?

    var glyphs = Glyphs.auto
    var color = TerminalOptions.ColorChoice.auto
}
