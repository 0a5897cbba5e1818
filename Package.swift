// swift-tools-version: 6.2

import PackageDescription

/// One list for every target, so that no module is held to less than the others.
let settings: [SwiftSetting] = [
    // Data races are compile errors.
    .swiftLanguageMode(.v6),
    // Every use of a C pointer needs the word `unsafe`: "the cores contain no pointer" is checked, not hoped.
    .strictMemorySafety(),
    // A warning nobody reads is a defect waiting; ours are errors (dependencies keep theirs).
    .treatAllWarnings(as: .error),
    // `any P` shows where a value is boxed.
    .enableUpcomingFeature("ExistentialAny"),
    // A member comes from a module the file imports, not from one some other file imports.
    .enableUpcomingFeature("MemberImportVisibility"),
    // libmpv's and NIO's types do not leak into the faces of our modules by accident.
    .enableUpcomingFeature("InternalImportsByDefault"),
    // An async function runs where its caller runs unless it says otherwise.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioConcurrency = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

/// Swift's libraries inside the plugin, so that mpv finds them wherever it runs.
///
/// `--static-swift-stdlib` puts them into programs only, and Foundation names what it is made of to
/// programs only.
let swiftInside =
    [LinkerSetting.unsafeFlags(["-static-stdlib"], .when(configuration: .release))]
    + ["CoreFoundation", "_FoundationICU", "_FoundationCollections", "_FoundationCShims"].map {
        LinkerSetting.linkedLibrary($0, .when(configuration: .release))
    }

let package = Package(
    name: "peerwatch",
    products: [
        .executable(name: "peerwatch", targets: ["peerwatch"]),
        .library(name: "peerwatch_mpv", type: .dynamic, targets: ["MpvPlugin"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections.git", exact: "1.6.0"),
    ],
    targets: [
        // The words of the project.
        .target(name: "PartyModel", dependencies: [crypto], swiftSettings: settings),
        .target(
            name: "WireFormat", dependencies: ["PartyModel", crypto, nioCore],
            swiftSettings: settings),

        // Cores: they decide, and touch nothing.
        .target(
            name: "SwarmCore", dependencies: ["PartyModel", deque], swiftSettings: settings),
        .target(name: "RoomCore", dependencies: ["PartyModel"], swiftSettings: settings),
        .target(name: "SyncCore", dependencies: ["PartyModel"], swiftSettings: settings),

        // Shells: they carry out, and decide nothing.
        .target(
            name: "FilmStore", dependencies: ["PartyModel", nioCore, nioConcurrency, deque],
            swiftSettings: settings),
        .target(
            name: "MeshTransport",
            dependencies: [
                "PartyModel", "WireFormat", crypto, nioCore, nioPosix, nioTLS, nioSSL, x509, asn1,
            ],
            swiftSettings: settings),
        // Its header is libmpv's (Debian: libmpv-dev).
        .target(name: "CMpv"),
        .target(
            name: "MpvPlayer", dependencies: ["PartyModel", "CMpv", nioConcurrency],
            resources: [
                "ass", "banner", "bar", "canvas", "card", "clipboard", "editor",
                "feed", "help", "icons", "input", "keys", "options", "people",
                "prompt", "publish", "screen", "state", "stats", "taken", "talk", "text",
                "theme", "uosc", "words", "main",
            ].map { .embedInCode("Resources/peerwatch/\($0).lua") },
            swiftSettings: settings),

        // The running party and its face.
        .target(
            name: "PartyRuntime",
            dependencies: [
                "PartyModel", "WireFormat", "SwarmCore", "RoomCore", "SyncCore", "FilmStore",
                "MeshTransport", "MpvPlayer", nioCore, nioPosix, nioConcurrency, crypto, logging,
                deque,
            ],
            swiftSettings: settings),
        .systemLibrary(name: "CAllocator"),
        .executableTarget(
            name: "peerwatch",
            dependencies: [
                "CAllocator",
                "PartyRuntime", "PartyModel", "MeshTransport", "MpvPlayer", nioCore, nioPosix,
                nioConcurrency, arguments, logging,
            ],
            swiftSettings: settings),
        .target(
            name: "MpvPlugin",
            dependencies: [
                "PartyRuntime", "PartyModel", "MpvPlayer", nioCore, nioPosix, nioConcurrency,
                logging,
            ],
            swiftSettings: settings, linkerSettings: swiftInside),

        // Not shipped: the cores in a world of virtual lines and clocks, and what is measured.
        .target(
            name: "PartySimulator", dependencies: ["PartyModel", "SwarmCore"],
            swiftSettings: settings),
        .executableTarget(
            name: "PartyBench", dependencies: ["PartySimulator", "PartyModel"],
            swiftSettings: settings),

        // What tests of several modules wait with.
        .target(name: "Monitoring", path: "Tests/Monitoring", swiftSettings: settings),

        .testTarget(
            name: "PartyModelTests", dependencies: ["PartyModel", crypto], swiftSettings: settings),
        .testTarget(
            name: "WireFormatTests", dependencies: ["WireFormat", "PartyModel", crypto, nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "SwarmCoreTests", dependencies: ["SwarmCore", "PartyModel"],
            swiftSettings: settings),
        .testTarget(
            name: "RoomCoreTests", dependencies: ["RoomCore", "PartyModel", crypto],
            swiftSettings: settings),
        .testTarget(
            name: "SyncCoreTests", dependencies: ["SyncCore", "PartyModel"], swiftSettings: settings
        ),
        .testTarget(
            name: "SimulationTests", dependencies: ["PartySimulator", "PartyModel"],
            swiftSettings: settings),
        .testTarget(
            name: "FilmStoreTests", dependencies: ["FilmStore", "PartyModel", crypto, nioCore],
            swiftSettings: settings),
        .testTarget(
            name: "MeshTransportTests",
            dependencies: [
                "MeshTransport", "WireFormat", "PartyModel", crypto, nioCore, nioPosix, nioTLS,
                nioSSL, nioConcurrency, x509, asn1,
            ],
            swiftSettings: settings),
        .testTarget(
            name: "MpvPlayerTests",
            dependencies: ["MpvPlayer", "PartyModel", "Monitoring", nioConcurrency],
            swiftSettings: settings),
        .testTarget(
            name: "PartyRuntimeTests", dependencies: ["PartyRuntime", "PartyModel"],
            swiftSettings: settings),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "peerwatch", "PartyModel", "Monitoring", nioCore, nioPosix, nioConcurrency,
            ],
            swiftSettings: settings),
        .testTarget(name: "TidyTests", swiftSettings: settings),
    ]
)
