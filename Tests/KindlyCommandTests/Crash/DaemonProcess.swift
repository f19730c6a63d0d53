import Foundation
import Glibc
import KindlyTestKit

/// The real daemon in a process that a test may kill.
final class DaemonProcess: Sendable {
  private let process = Process()
  private let log: LineFeed
  private let ended: AsyncStream<Int32>

  /// Starts it for a company, and returns at once.
  init(_ company: MailCompany) throws {
    let errors = Pipe()
    log = LineFeed(reading: errors.fileHandleForReading)
    process.executableURL = URL(fileURLWithPath: KindlyBinary.path)
    process.arguments = ["run", "--config", company.folder.path]
    process.environment = KindlyBinary.environment
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    ended = stream
    process.terminationHandler = { process in
      continuation.yield(process.terminationStatus)
      continuation.finish()
    }
    try process.run()
  }

  /// Starts it, and returns when what is inserted from now on fires rules.
  static func start(_ company: MailCompany) async throws -> DaemonProcess {
    let daemon = try DaemonProcess(company)
    try await daemon.says("the first look is complete")
    return daemon
  }

  var lines: [String] { log.lines }

  /// Waits for a line of its log.
  func says(_ text: String) async throws {
    guard await log.wait(until: { $0.contains { $0.contains(text) } }) else {
      throw FixtureFault("the daemon ended without saying \"\(text)\": \(log.lines)")
    }
  }

  func signal(_ signal: Int32) { Glibc.kill(process.processIdentifier, signal) }

  /// Ends it as systemd does, and returns its exit code.
  func stop() async -> Int32 {
    signal(SIGTERM)
    return await end()
  }

  /// Ends it as a power cut would; false where it had ended by itself.
  func kill() async -> Bool {
    let wasRunning = process.isRunning
    signal(SIGKILL)
    return await exitCode() == SIGKILL && wasRunning
  }

  /// Waits for its end and for the last line of its log, and returns its exit code, or the signal that ended it.
  func end() async -> Int32 {
    let code = await exitCode()
    _ = await log.wait { _ in false }
    return code
  }

  private func exitCode() async -> Int32 {
    for await code in ended { return code }
    return -1
  }

  deinit {
    if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
  }
}
