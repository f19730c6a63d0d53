import Foundation
import Glibc

/// The binary that this build made, run as a person would.
enum KindlyBinary {
  struct Result: Sendable {
    let code: Int32
    let output: String
    let errors: String

    /// The output read as JSON.
    func json<Value: Decodable>(as type: Value.Type) throws -> Value {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: Data(output.utf8))
    }
  }

  /// Beside the test bundle, which is what this process runs.
  static let path: String = {
    var room = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &room, room.count - 1)
    let bundle = String(
      decoding: room.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    // `swift test` runs the bundle itself, or a runner of the toolchain that was given its path.
    let beside = [bundle] + CommandLine.arguments
    let folders = beside.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
    let built = folders.map { $0 + "/kindly" }.first {
      access($0, X_OK) == 0 && !$0.hasPrefix("/usr/")
    }
    return built ?? "there is no kindly beside \(bundle)"
  }()

  /// Without what a service manager may have given to the tests themselves.
  static var environment: [String: String] {
    let services = [
      "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM", "INVOCATION_ID",
      "CREDENTIALS_DIRECTORY",
    ]
    return ProcessInfo.processInfo.environment.filter { !services.contains($0.key) }
  }

  /// Runs a verb to its end.
  ///
  /// - Parameters:
  ///   - output: where it writes, for a test that reads it while the verb runs.
  ///   - binary: a copy of the binary; nil for the one that was built.
  static func run(
    _ arguments: [String], environment: [String: String] = KindlyBinary.environment,
    powerless: Bool = false, through: [String] = [], input: FileHandle = .nullDevice,
    output: Capture? = nil, binary: String? = nil
  ) async throws -> Result {
    let output = try output ?? Capture()
    let errors = try Capture()
    let process = Process()
    process.setKindly(
      arguments, powerless: powerless, through: through, binary: binary ?? KindlyBinary.path)
    process.environment = environment
    process.standardInput = input
    process.standardOutput = output.handle
    process.standardError = errors.handle
    try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in ended.resume() }
      do {
        try process.run()
      } catch {
        process.terminationHandler = nil
        ended.resume(throwing: error)
      }
    }
    return Result(code: process.terminationStatus, output: output.text, errors: errors.text)
  }
}

/// A file that takes what a process writes; unlike a pipe it never fills up.
final class Capture: Sendable {
  let handle: FileHandle
  private let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/kindly-capture-\(UUID().uuidString)"
    try Data().write(to: URL(fileURLWithPath: path))
    handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  var text: String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }

  deinit {
    // Foundation's Process holds on to the handle it was given, and a thousand open ones are its end.
    try? handle.close()
    // A file that cannot be removed is the system's to clean; no test depends on it.
    try? FileManager.default.removeItem(atPath: path)
  }
}

/// Waits for something of another process, by asking again and again.
enum Eventually {
  /// With the pause below more than ten minutes: it ends what would hang, and holds no busy machine to a time.
  private static let mostTries = 12_000

  struct NeverCame: Error, CustomStringConvertible {
    let description: String
  }

  /// Returns when the condition holds; throws when it did not after a bounded number of looks.
  static func holds(
    _ what: String, _ condition: () async throws -> Bool
  ) async throws {
    for _ in 0..<mostTries {
      if try await condition() { return }
      try await ContinuousClock().sleep(for: .milliseconds(50))
    }
    throw NeverCame(description: "never came: \(what)")
  }
}
