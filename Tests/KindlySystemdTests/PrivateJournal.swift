import Foundation
import Glibc
import KindlyCore
import KindlySystemd
import Logging
import Testing

/// A real journal daemon that only the calling test sees: it runs on a `/run` of its own.
///
/// A thread takes leave of the machine's mounts, puts an empty folder on `/run`, starts journald there, and logs; what
/// it sends cannot reach the machine's own journal, and tests that run at once do not meet. This needs root; without
/// it the machine's own journal is asked instead, which any Debian that was booted has.
enum PrivateJournal {
  /// The entries that `body` leaves in the journal, in order.
  static func entries(
    _ body: @escaping @Sendable (Logger) -> Void
  ) async throws -> [[String: String]] {
    // A mark of the test's own tells its lines from the daemon's, and from those of others in the machine's journal.
    let mark = UUID().uuidString
    let log: @Sendable () -> Void = {
      var handler = JournalLogHandler(
        destination: .journal, threshold: LogThreshold(.debug),
        clock: LogClock(zone: .utc) { Instant(seconds: 0) })
      handler[metadataKey: "test"] = "\(mark)"
      let ready = handler
      body(Logger(label: "test") { _ in ready })
    }
    let filter = "KINDLY_TEST=\(mark)"
    guard geteuid() == 0 else {
      log()
      return try await onThread { try read(filter, sync: false) }
    }
    let folder = try TemporaryFolder()
    return try await inNamespace(run: folder.path) {
      let daemon = try Daemon(notifying: folder.path + "/ready")
      defer { daemon.stop() }
      log()
      return try read(filter, sync: true)
    }
  }

  /// Runs `body` on a thread whose `/run` is an empty folder.
  static func inNamespace<Result: Sendable>(
    run folder: String, _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await onThread {
      try leaveMounts()
      for part in ["/systemd/journal", "/log/journal"] {
        try FileManager.default.createDirectory(
          atPath: folder + part, withIntermediateDirectories: true)
      }
      try check(run("/bin/mount", "--make-rprivate", "/"))
      try check(run("/bin/mount", "--bind", folder, "/run"))
      return try body()
    }
  }

  static func inNamespace(_ body: @escaping @Sendable () throws -> Void) async throws {
    let folder = try TemporaryFolder()
    try await inNamespace(run: folder.path, body)
  }

  /// A mount namespace belongs to a thread, so the whole test has to stay on one.
  private static func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Swift.Result(catching: body)) }.start()
    }
  }

  /// `unshare(2)` is declared for GNU sources only, which Swift's Glibc does not show.
  private static func leaveMounts() throws {
    let newMounts: Int32 = 0x0002_0000
    let symbol = try #require(dlsym(nil, "unshare"))
    let unshare = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    guard unshare(newMounts) == 0 else { throw SystemFailure("unshare") }
  }

  private static func read(_ filter: String, sync: Bool) throws -> [[String: String]] {
    if sync { try check(run("/usr/bin/journalctl", "--sync")) }
    let place = sync ? ["--directory=/run/log/journal"] : []
    let (status, output) = try run(
      "/usr/bin/journalctl", arguments: place + ["--all", "--output=json", "--no-pager", filter])
    try check((status, output))
    return try output.split(separator: UInt8(ascii: "\n")).map { line in
      try JSONDecoder().decode([String: Field].self, from: Data(line)).compactMapValues(\.text)
    }
  }

  /// journalctl writes a field as text, or as bytes where it is not printable.
  private struct Field: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let bytes = try? container.decode([UInt8].self) {  // not an array: it is text
        text = String(decoding: bytes, as: UTF8.self)
      } else {
        text = try container.decode(String?.self)
      }
    }
  }

  private static func run(_ tool: String, _ arguments: String...) throws -> (Int32, Data) {
    try run(tool, arguments: arguments)
  }

  private static func run(_ tool: String, arguments: [String]) throws -> (Int32, Data) {
    let process = Process()
    process.executableURL = URL(filePath: tool)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }

  private static func check(_ result: (status: Int32, output: Data)) throws {
    let text = String(decoding: result.output, as: UTF8.self)
    try #require(result.status == 0, "\(text)")
  }
}

/// journald itself, started by hand.
private final class Daemon {
  private let process = Process()

  /// Returns once the daemon says that it takes entries.
  init(notifying path: String) throws {
    let socket = try DatagramSocket(path: path)
    process.executableURL = URL(filePath: "/lib/systemd/systemd-journald")
    process.environment = ["NOTIFY_SOCKET": path]
    process.standardError = FileHandle.nullDevice
    try process.run()
    while try !socket.receive().contains("READY=1") {}
  }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
