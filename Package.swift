// swift-tools-version: 6.3
import Foundation
import PackageDescription

/// What every target is compiled with: language mode 6, explicit existentials, explicit imports, marked unsafety.
let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .strictMemorySafety(),
    ] + (ProcessInfo.processInfo.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// A part of the program: its name and the parts it may import.
func part(_ name: String, _ parts: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    .target(
        name: name,
        dependencies: parts.map { .byName(name: $0) } + products,
        swiftSettings: settings
    )
}

/// The tests of one part.
func tests(of name: String, _ parts: [String] = [], _ products: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests",
        dependencies: ([name] + parts).map { .byName(name: $0) } + products,
        swiftSettings: settings
    )
}

let package = Package(
    name: "sipglass",
    products: [.executable(name: "sipglass", targets: ["sipglass"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // Pure parts: standard library and each other.
        part("SIPFlow"),
        part("SIPSyntax", ["SIPFlow"]),
        part("SIPNextHop", ["SIPFlow"]),
        part("SIPReport", ["SIPFlow"]),
        part("SIPTrace", ["SIPSyntax", "SIPFlow"]),
        part("SIPTransaction", ["SIPSyntax", "SIPFlow"]),
        part("SIPRegistrar", ["SIPSyntax", "SIPFlow"]),
        part("SIPProxy", ["SIPNextHop", "SIPRegistrar", "SIPTransaction", "SIPSyntax", "SIPFlow"]),
        part(
            "SIPCore",
            [
                "SIPProxy", "SIPNextHop", "SIPRegistrar", "SIPTransaction", "SIPTrace", "SIPReport",
                "SIPSyntax",
                "SIPFlow",
            ]
        ),
        part("ConsoleViews", ["SIPTrace", "SIPReport", "SIPFlow"]),

        // Parts that touch the machine.
        .target(name: "CSystem"),
        .systemLibrary(name: "CNcurses", providers: [.apt(["libncursesw5-dev"])]),
        .target(name: "CCrypto", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CAres", linkerSettings: [.linkedLibrary("cares")]),
        .target(name: "CTerminal"),
        part("SIPCrypto", ["SIPRegistrar", "CCrypto"]),
        part("SIPTransport", ["SIPNextHop", "SIPFlow", "CSystem", "CAres"]),
        part(
            "SIPStore",
            ["SIPRegistrar", "SIPReport", "SIPFlow"],
            [.product(name: "GRDB", package: "GRDB.swift")]
        ),
        part(
            "SIPEngine",
            [
                "SIPCore", "SIPTransport", "SIPStore", "SIPRegistrar", "SIPTrace", "SIPReport", "SIPNextHop",
                "SIPFlow",
            ]
        ),
        part("ConsoleTerminal", ["ConsoleViews", "CNcurses", "CTerminal"]),
        part(
            "ConsoleApp",
            [
                "ConsoleTerminal", "ConsoleViews", "SIPEngine", "SIPCore", "SIPTransport", "SIPStore",
                "SIPCrypto", "SIPRegistrar", "SIPTrace", "SIPReport", "SIPNextHop", "SIPSyntax", "SIPFlow",
                "CSystem",
            ],
            [
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ]
        ),
        .executableTarget(name: "sipglass", dependencies: ["ConsoleApp"], swiftSettings: settings),

        tests(of: "SIPFlow"),
        tests(of: "SIPSyntax", ["SIPFlow"]),
        tests(of: "SIPNextHop", ["SIPFlow"]),
        tests(of: "SIPTrace", ["SIPSyntax", "SIPFlow"]),
        tests(of: "SIPTransaction", ["SIPSyntax", "SIPFlow"]),
        tests(of: "SIPRegistrar", ["SIPCrypto", "SIPSyntax", "SIPFlow"]),
        tests(of: "SIPProxy", ["SIPRegistrar", "SIPTransaction", "SIPSyntax", "SIPFlow"]),
        tests(
            of: "SIPCore",
            [
                "SIPProxy", "SIPNextHop", "SIPRegistrar", "SIPCrypto", "SIPTransaction", "SIPReport",
                "SIPTrace",
                "SIPSyntax", "SIPFlow",
            ]
        ),
        tests(of: "SIPCrypto", ["SIPRegistrar"]),
        tests(
            of: "SIPStore",
            ["SIPRegistrar", "SIPReport", "SIPFlow"],
            [.product(name: "GRDB", package: "GRDB.swift")]
        ),
        tests(of: "SIPTransport", ["SIPNextHop", "SIPFlow"]),
        tests(
            of: "SIPEngine",
            ["SIPTransport", "SIPStore", "SIPRegistrar", "SIPCore", "SIPReport", "SIPTrace", "SIPFlow"],
            [.product(name: "GRDB", package: "GRDB.swift")]
        ),
        tests(of: "ConsoleViews", ["SIPTrace", "SIPReport", "SIPFlow"]),
        tests(
            of: "ConsoleApp",
            [
                "ConsoleTerminal", "ConsoleViews", "SIPEngine", "SIPCore", "SIPTransport", "SIPStore",
                "SIPCrypto", "SIPRegistrar", "SIPNextHop", "SIPReport", "SIPTrace", "SIPFlow",
            ],
            [.product(name: "ArgumentParser", package: "swift-argument-parser")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
