import ConsoleTerminal
import SIPCore
import SIPFlow
import SIPRegistrar
import SIPSyntax

extension Settings {
    /// Reads the text of a configuration file.
    ///
    /// - Errors: everything that is wrong, in the order of the lines.
    init(text: String, file: String) throws(ConfigurationProblems) {
        let document: TOMLDocument
        do {
            document = try TOMLDocument(text)
        } catch {
            let problem = ConfigurationProblem(
                source: file,
                line: error.line,
                key: "",
                text: error.text,
                remedy: "text stands in quotes, lists in [brackets], one key = value a line"
            )
            throw ConfigurationProblems(problems: [problem])
        }
        self.init()
        var reader = SettingsReader(document, file: file)
        readBasics(&reader)
        reader.section("registrar") {
            readRegistrar(&$0)
            readRegistrarPolicy(&$0)
        }
        reader.section("aliases") { readUserAliases(&$0) }
        reader.section("login") { readLogin(&$0) }
        reader.section("proxy") { readProxy(&$0) }
        reader.section("timers") { readTimers(&$0) }
        reader.section("dns") { readNameService(&$0) }
        reader.section("limits") { readLimits(&$0) }
        reader.section("trace") { traceBudget = $0.byteCount("budget", 1 << 20...64 << 30, example: "64MiB") }
        reader.section("screen") { readScreen(&$0) }
        reader.refuseUnknownKeys()
        guard reader.problems.isEmpty else {
            throw ConfigurationProblems(problems: reader.problems.sorted { ($0.line ?? 0) < ($1.line ?? 0) })
        }
    }

    private mutating func readBasics(_ reader: inout SettingsReader) {
        for text in reader.texts("listen", example: "udp:127.0.0.1:5060") {
            do {
                let address = try ListenAddress(text)
                if listen.contains(address) {
                    reader.note("listen", "\"\(text)\" stands there twice", remedy: "remove one")
                } else {
                    listen.append(address)
                }
            } catch {
                reader.note("listen", error.text, remedy: error.remedy)
            }
        }
        domains = reader.texts("domain", example: "lab.test") + reader.texts("domains", example: "lab.test")
        domains = domains.map { $0.lowercased() }
        for domain in domains where !isHostName(domain) {
            reader.note("domains", "\"\(domain)\" is no host name", remedy: "write domains = [\"lab.test\"]")
        }
        users = reader.text("users", example: "/etc/sipglass/users")
        readDomainAliases(&reader)
        isOpen = reader.flag("open") ?? false
        readTheme(&reader)
        control = reader.text("control", example: "/run/user/1000/sipglass.sock")
        store = reader.text("store", example: "memory")
        logLevel = reader.word("log_level", LogLevel.self) ?? logLevel
        isReadOnly = reader.flag("read_only") ?? false
    }

    private mutating func readTheme(_ reader: inout SettingsReader) {
        let node = reader.take("theme")
        switch node {
        case nil: break
        case .string(let name)?: theme = ThemeChoice(dark: name, light: name)
        case .table?:
            var choice = ThemeChoice(dark: "default-dark", light: "default-light")
            reader.section("theme") {
                choice.dark = $0.text("dark", example: choice.dark) ?? choice.dark
                choice.light = $0.text("light", example: choice.light) ?? choice.light
            }
            theme = choice
        default:
            reader.complain(
                "theme",
                "expected a theme's name",
                found: node,
                remedy: "write theme = \"default-dark\""
            )
        }
    }

    private mutating func readRegistrar(_ reader: inout SettingsReader) {
        let seconds = 1...86_400 * 30
        minimumExpiry = reader.number("minimum_expiry", seconds)
        defaultExpiry = reader.number("default_expiry", seconds)
        maximumExpiry = reader.number("maximum_expiry", seconds)
        contactsPerAOR = reader.number("contacts_per_aor", 1...1_000)
        pingInterval = reader.interval("ping", .seconds(5)...Interval.seconds(3_600), example: "30s")
        serviceRoute = reader.text("service_route", example: "<sip:10.0.0.1;lr>")
        if let serviceRoute, !isServiceRoute(serviceRoute) {
            reader.note(
                "service_route",
                "\"\(serviceRoute)\" is no loose route in angle brackets",
                remedy: "write service_route = \"<sip:10.0.0.1;lr>\""
            )
        }
        if let minimumExpiry, let maximumExpiry, minimumExpiry > maximumExpiry {
            reader.note(
                "minimum_expiry",
                "\(minimumExpiry) is more than maximum_expiry, \(maximumExpiry)",
                remedy: "lower it, or raise maximum_expiry"
            )
        }
    }

    private mutating func readLogin(_ reader: inout SettingsReader) {
        for name in reader.texts("algorithms", example: "SHA-256") {
            guard let algorithm = DigestAlgorithm(rawValue: name.uppercased()) else {
                reader.note(
                    "algorithms",
                    "\"\(name)\" is no algorithm that is known here",
                    remedy: "write algorithms = [\"SHA-256\", \"MD5\"], or one of them"
                )
                continue
            }
            algorithms.append(algorithm)
        }
        nonceLife = reader.interval("nonce_life", .seconds(1)...Interval.seconds(86_400), example: "5m")
        acceptsAbsentQop = reader.flag("without_qop") ?? false
        offersIntegrity = reader.flag("auth_int") ?? false
        asksStrangers = reader.flag("strangers") ?? false
    }

    private mutating func readTimers(_ reader: inout SettingsReader) {
        let range = Interval.milliseconds(10)...Interval.seconds(60)
        t1 = reader.interval("t1", range, example: "500ms")
        t2 = reader.interval("t2", range, example: "4s")
        t4 = reader.interval("t4", range, example: "5s")
        timerC = reader.interval("c", .seconds(1)...Interval.seconds(3_600), example: "181s")
        trying = reader.interval("trying", .zero...Interval.milliseconds(200), example: "100ms")
        if let t1, let t2, t1 > t2 {
            reader.note("t1", "\(t1.words) is more than t2, \(t2.words)", remedy: "lower it, or raise t2")
        }
    }

    private mutating func readNameService(_ reader: inout SettingsReader) {
        for text in reader.texts("servers", example: "127.0.0.1:53") {
            if let server = SocketAddress(text, defaultPort: 53), server.port != 0 {
                nameServers.append(server)
            } else {
                reader.note(
                    "servers",
                    "\"\(text)\" is no numeric address of a name server",
                    remedy: "write servers = [\"127.0.0.1:53\"], or leave it out to use the system's"
                )
            }
        }
        let range = Interval.milliseconds(50)...Interval.seconds(10)
        nameTimeout = reader.interval("timeout", range, example: "2s")
        nameTries = reader.number("tries", 1...10)
    }

    private mutating func readLimits(_ reader: inout SettingsReader) {
        gathering = reader.interval("gather", .zero...Interval.milliseconds(50), example: "8ms")
        bindingLimit = reader.number("bindings", 1...100_000_000)
        transactionLimit = reader.number("transactions", 16...10_000_000)
        readSources(&reader)
    }

    /// What one source may do, in the table `limits` too.
    private mutating func readSources(_ reader: inout SettingsReader) {
        sources.rate = reader.number("source_rate", 0...1_000_000) ?? sources.rate
        sources.burst = reader.number("source_burst", 1...1_000_000) ?? sources.burst
        sources.includesLoopback = reader.flag("loopback") ?? sources.includesLoopback
        sources.scanners = reader.word("scanners", SourceLimits.ScannerPolicy.self) ?? sources.scanners
        for text in reader.texts("trusted", example: "10.0.0.5") {
            if let address = IPAddress(text) {
                sources.trusted.append(address)
            } else {
                reader.note(
                    "trusted",
                    "\"\(text)\" is no IP address",
                    remedy: "write trusted = [\"10.0.0.5\", \"2001:db8::5\"]"
                )
            }
        }
    }

    private mutating func readProxy(_ reader: inout SettingsReader) {
        maximumBreadth = reader.number("max_breadth", 0...10_000)
        followsRedirects = reader.flag("follow_redirects")
        controlsOverload = reader.flag("overload_control")
    }

    private mutating func readScreen(_ reader: inout SettingsReader) {
        glyphs = reader.word("glyphs", Glyphs.self) ?? glyphs
        color = reader.word("color", TerminalOptions.ColorChoice.self) ?? color
    }
}

/// True for one URI in angle brackets with `lr` and nothing that could end the header field (RFC 3608).
private func isServiceRoute(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let address = try? NameAddress(bytes.span, Slice(0, bytes.count)), address.isBracketed,
        address.whole.count == bytes.count, let uri = try? URI(bytes.span, address.uri)
    else { return false }
    return uri.scheme == .sip && uri.isLooseRouter(bytes.span) && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7f }
}

/// True for a host name or an IP address, as it may stand in a SIP URI (RFC 3261 §25.1).
func isHostName(_ text: String) -> Bool {
    if IPAddress(text) != nil { return true }
    return !text.isEmpty && text.utf8.count <= 253
        && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        }
}
