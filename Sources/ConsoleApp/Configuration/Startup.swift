import SIPCore
import SIPCrypto
import SIPEngine
import SIPFlow
import SIPNextHop
import SIPRegistrar

/// What was asked for on the command line; nil and empty leave it to the configuration file.
struct Wishes: Sendable, Hashable {
    var listen: [ListenAddress] = []
    var domains: [String] = []
    var users: String?
    var isOpen = false
    var store: String?
    var control: String?
    var theme: String?
    var isReadOnly = false
    var logLevel: Settings.LogLevel?
    var filter = ""
}

/// Everything that is decided before the engine starts.
struct Startup: Sendable {
    /// What the engine gets.
    var core: CoreConfiguration
    /// Who is let in; nil for everybody, whatever accounts there will be.
    var authentication: Authentication?
    /// The accounts of the users file, beside which those of the store come.
    var users: [Account] = []
    /// How long datagrams wait for one another under load.
    var gathering: Interval
    /// Where registrations last.
    var store: StoreChoice
    /// Where the control socket is.
    var control: String
    /// True when nothing may be kicked.
    var isReadOnly: Bool
    /// How loud the log is.
    var logLevel: Settings.LogLevel
    /// The filter that the console begins with; may be empty.
    var filter: String
    /// What the file says of the screen, with the flags' theme.
    var settings: Settings

    /// Joins flags, file and defaults.
    ///
    /// - Errors: what would be unsafe, or is not there yet, with what to do instead.
    init(
        _ wishes: Wishes,
        _ settings: Settings,
        users: UsersFile? = nil,
        accounts: [Account] = [],
        paths: FilePaths,
        machine: Machine
    ) throws(Failure) {
        store = StoreChoice(wishes, settings, paths: paths)
        self.settings = settings
        if let theme = wishes.theme {
            self.settings.theme = Settings.ThemeChoice(dark: theme, light: theme)
        }
        control = wishes.control ?? settings.control ?? paths.control
        gathering = settings.gathering ?? SIPEngine.defaultGathering
        isReadOnly = wishes.isReadOnly || settings.isReadOnly
        logLevel = wishes.logLevel ?? settings.logLevel
        filter = wishes.filter
        let chosen = wishes.listen.isEmpty ? settings.listen : wishes.listen
        let listen = chosen.isEmpty ? Self.defaultListen(machine) : chosen
        let isOpen = wishes.isOpen || settings.isOpen
        try Self.refuseOpenRelay(listen, isSafe: isOpen || users != nil || !accounts.isEmpty)
        let domains = wishes.domains.isEmpty ? settings.domains : wishes.domains
        core = CoreConfiguration(
            listeners: listen.map { Self.listener($0, machine) },
            domains: domains.map { $0.lowercased() }
        )
        core.aliases = Self.aliases(listen, machine) + settings.domainAliases
        apply(settings)
        applyRegistrarPolicy(settings)
        if !isOpen {
            authentication = makeAuthentication(users)
            self.users = authentication?.accounts ?? []
            authentication?.accounts += accounts
        }
    }

    /// The accounts of a users file, and what the file of settings says of logins.
    private func makeAuthentication(_ users: UsersFile?) -> Authentication {
        let home = core.domains.first ?? core.listeners.first.map { "\($0.advertised.ip)" } ?? "localhost"
        var authentication = Authentication(
            accounts: users?.accounts(home: home, hashes: .system) ?? [],
            hashes: .system,
            secret: (0..<32).map { _ in UInt8.random(in: .min ... .max) },
            home: home
        )
        if !settings.algorithms.isEmpty { authentication.algorithms = settings.algorithms }
        authentication.nonceLife = settings.nonceLife ?? authentication.nonceLife
        authentication.acceptsAbsentQop = settings.acceptsAbsentQop
        authentication.offersIntegrity = settings.offersIntegrity
        authentication.asksStrangers = settings.asksStrangers
        return authentication
    }

    private mutating func apply(_ settings: Settings) {
        core.minimumExpiry = settings.minimumExpiry ?? core.minimumExpiry
        core.maximumExpiry = max(settings.maximumExpiry ?? core.maximumExpiry, core.minimumExpiry)
        core.defaultExpiry = settings.defaultExpiry ?? core.defaultExpiry
        core.defaultExpiry = min(max(core.defaultExpiry, core.minimumExpiry), core.maximumExpiry)
        core.contactsPerAOR = settings.contactsPerAOR ?? core.contactsPerAOR
        core.serviceRoute = settings.serviceRoute ?? core.serviceRoute
        core.maximumBreadth = settings.maximumBreadth ?? core.maximumBreadth
        core.followsRedirects = settings.followsRedirects ?? core.followsRedirects
        core.controlsOverload = settings.controlsOverload ?? core.controlsOverload
        core.sources = settings.sources
        core.pingInterval = settings.pingInterval ?? core.pingInterval
        core.t1 = settings.t1 ?? core.t1
        core.t2 = settings.t2 ?? core.t2
        core.t4 = settings.t4 ?? core.t4
        core.timerC = settings.timerC ?? core.timerC
        core.trying = settings.trying ?? core.trying
        core.nameService.servers = settings.nameServers
        core.nameService.timeout = settings.nameTimeout ?? core.nameService.timeout
        core.nameService.tries = settings.nameTries ?? core.nameService.tries
        core.bindingLimit = settings.bindingLimit ?? core.bindingLimit
        core.transactionLimit = settings.transactionLimit ?? core.transactionLimit
        core.traceBudget = settings.traceBudget ?? core.traceBudget
    }

    /// Loopback, IPv4 and, where the machine has it, IPv6.
    private static func defaultListen(_ machine: Machine) -> [ListenAddress] {
        let addresses: [IPAddress] =
            [.v4(0x7f00_0001)] + (machine.hasLoopbackV6 ? [.v6(high: 0, low: 1)] : [])
        return addresses.map { ListenAddress(transport: .udp, address: SocketAddress(ip: $0, port: 5_060)) }
    }

    /// Without accounts anybody may register and call: never beyond this machine unless that is said aloud.
    private static func refuseOpenRelay(_ listen: [ListenAddress], isSafe: Bool) throws(Failure) {
        guard !isSafe, let exposed = listen.first(where: { !$0.address.ip.isLoopback }) else { return }
        let safe = ListenAddress(
            transport: exposed.transport,
            address: SocketAddress(ip: .v4(0x7f00_0001), port: exposed.address.port)
        )
        throw Failure(
            .configuration,
            "\(exposed): anybody who reaches this address could register and call, since there are no accounts; "
                + "name them with sipglass user add or --users FILE, say --open (or open = true) if that is wanted, "
                + "or listen on udp:\(safe.address)"
        )
    }

    private static func listener(_ listen: ListenAddress, _ machine: Machine) -> Listener {
        var advertised = listen.address
        if advertised.ip.isUnspecified { advertised.ip = machine.representative(of: advertised.ip) }
        return Listener(transport: listen.transport, address: listen.address, advertised: advertised)
    }

    /// Every name that this host goes by.
    private static func aliases(_ listen: [ListenAddress], _ machine: Machine) -> [String] {
        var names: [String] = []
        for address in listen.map(\.address.ip) where address.isUnspecified {
            let own = machine.addresses.filter { $0.isV6 == address.isV6 }
            names += own.map { $0.isV6 ? "[\($0)]" : "\($0)" }
        }
        if isHostName(machine.name) { names.append(machine.name.lowercased()) }
        return names
    }
}
