// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of ours is built with: warnings stop the build, imports are explicit and internal by default.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

// For the targets in which the tests spend their time: optimized in debug builds too, but with all assertions.
let optimized =
  strict + [.unsafeFlags(["-O", "-assert-config", "Debug"], .when(configuration: .debug))]

// The layers, lowest first. An arrow points down only, and siblings do not import each other;
// `swift build --explicit-target-dependency-import-check error` holds every import to this list.
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let postgres = Target.Dependency.target(
  name: "CPostgres", condition: .when(traits: ["PostgreSQL"]))
let mariadb = Target.Dependency.target(
  name: "CMariaDB", condition: .when(traits: ["MariaDB"]))
let odbc = Target.Dependency.target(name: "CODBC", condition: .when(traits: ["ODBC"]))
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "kindly",
  products: [
    .executable(name: "kindly", targets: ["kindly"])
  ],
  // The servers whose client libraries Kindly is built with; `swift build --disable-default-traits` leaves them out.
  traits: [
    .default(enabledTraits: ["PostgreSQL", "MariaDB", "ODBC"]),
    .trait(name: "PostgreSQL", description: "Sources on PostgreSQL servers, over libpq"),
    .trait(name: "MariaDB", description: "Sources on MariaDB and MySQL servers, over libmariadb"),
    .trait(name: "ODBC", description: "Sources that have an ODBC driver, over unixODBC"),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
  ],
  targets: [
    // Layer 0: typed, non-variadic C shims; no logic.
    .target(name: "CFiles"),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),
    .target(name: "CSystemd", linkerSettings: [.linkedLibrary("systemd")]),
    .systemLibrary(name: "CPostgres"),
    .systemLibrary(name: "CMariaDB"),
    .systemLibrary(name: "CODBC"),

    // Layer 1: pure decisions and the protocols of the seams.
    .target(name: "KindlyCore", dependencies: [crypto], swiftSettings: optimized),

    // Layer 2: each knows Core and one thing of the world.
    .target(
      name: "KindlyConfig", dependencies: ["KindlyCore", "CFiles", yams], swiftSettings: strict),
    .target(
      name: "KindlyTemplates", dependencies: ["KindlyCore", "CFiles", yams, mustache, crypto],
      swiftSettings: strict),
    .target(
      name: "KindlySources",
      dependencies: [
        "KindlyCore", "CFiles", grdb, sqlite,
        postgres, mariadb, odbc,
      ], swiftSettings: optimized),
    .target(
      name: "KindlySQLiteLedger", dependencies: ["KindlyCore", "CSQLite", grdb, sqlite],
      swiftSettings: strict),
    .target(name: "KindlyTransport", dependencies: ["KindlyCore", "CCurl"], swiftSettings: strict),
    .target(
      name: "KindlySystemd", dependencies: ["KindlyCore", "CSystemd", logging],
      swiftSettings: strict),
    .target(name: "KindlyControl", dependencies: ["KindlyCore"], swiftSettings: strict),
    .target(name: "KindlyReplies", dependencies: ["KindlyCore"], swiftSettings: strict),

    // Layer 3: one folder a channel type.
    .target(
      name: "KindlyChannels",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlySources", "KindlyTransport", subprocess, crypto,
        mustache,
      ],
      swiftSettings: strict),

    // Layer 4: composition.
    .target(
      name: "KindlyDaemon",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyTemplates", "KindlySources", "KindlySQLiteLedger",
        "KindlySystemd", "KindlyControl", "KindlyTransport", "KindlyReplies", "KindlyChannels",
        logging, lifecycle, signals, crypto,
      ],
      swiftSettings: strict),

    // Layer 5: answers to people's questions, as values.
    .target(
      name: "KindlyDesk",
      dependencies: ["KindlyCore", "KindlyConfig", "KindlyTemplates", "KindlyDaemon"],
      swiftSettings: strict),

    // Layer 6: the command, one file a verb.
    .executableTarget(
      name: "kindly",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyTemplates", "KindlyChannels", "KindlySystemd",
        "KindlyControl", "KindlyDaemon", "KindlyDesk", arguments, logging, grdb,
      ],
      swiftSettings: strict),

    // What tests and benchmarks share; never imported from the targets above.
    .target(
      name: "KindlyTestKit",
      dependencies: ["KindlyCore", "KindlySQLiteLedger", "KindlySources", grdb, postgres, mariadb],
      swiftSettings: strict),
    .executableTarget(
      name: "KindlyBench",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyTemplates", "KindlySQLiteLedger", "KindlySources",
        "KindlyChannels", "KindlyDaemon", "KindlyDesk", "KindlyTestKit", grdb, logging,
      ],
      path: "Benchmarks/KindlyBench", swiftSettings: strict),
    .executableTarget(
      name: "KindlySimulation",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyChannels", "KindlyDaemon", "KindlyDesk",
        "KindlyTestKit", grdb, logging,
      ],
      path: "Tests/KindlySimulation", swiftSettings: strict),

    .testTarget(
      name: "KindlyCoreTests", dependencies: ["KindlyCore", "KindlyTestKit"], swiftSettings: strict),
    .testTarget(
      name: "KindlyConfigTests",
      dependencies: ["KindlyCore", "KindlyConfig", "KindlyTransport", "KindlyChannels"],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyTemplatesTests",
      dependencies: ["KindlyCore", "KindlyTemplates", "KindlyTestKit"], swiftSettings: strict),
    .testTarget(
      name: "KindlySourcesTests",
      dependencies: ["KindlyCore", "KindlySources", "KindlyTestKit", grdb], swiftSettings: strict),
    .testTarget(
      name: "KindlySQLiteLedgerTests",
      dependencies: ["KindlyCore", "KindlySQLiteLedger", "KindlyTestKit", grdb],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyTransportTests",
      dependencies: ["KindlyCore", "CCurl", "KindlyTransport", "KindlyTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "KindlySystemdTests", dependencies: ["KindlyCore", "KindlySystemd", logging],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyControlTests", dependencies: ["KindlyCore", "KindlyControl"],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyRepliesTests", dependencies: ["KindlyCore", "KindlyReplies", "KindlyTestKit"],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyChannelsTests",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyChannels", "KindlySources", "KindlyTransport",
        "KindlyTestKit", grdb,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyDaemonTests",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlyTemplates", "KindlySources", "KindlySQLiteLedger",
        "KindlyChannels", "KindlyControl", "KindlyDaemon", "KindlyDesk", "KindlyTestKit", grdb,
        logging, lifecycle,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "KindlyCommandTests",
      dependencies: [
        "KindlyCore", "KindlyConfig", "KindlySQLiteLedger", "KindlyControl", "KindlyChannels",
        "KindlyDaemon", "KindlyDesk", "KindlyTestKit", "kindly", arguments, grdb, logging,
      ],
      swiftSettings: strict),
    .testTarget(
      name: "KindlySimulationTests", dependencies: ["KindlySimulation"], swiftSettings: strict),
    .testTarget(name: "KindlyTidyTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
