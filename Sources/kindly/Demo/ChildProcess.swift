import Foundation
import Glibc
import KindlyCore

/// Another process of this program's own binary.
final class ChildProcess: Sendable {
  private let process: Process
  private let clock: any Timekeeper

  /// How often it is asked whether the process has ended.
  private static let glance = Duration.milliseconds(20)

  /// Starts `kindly` with arguments; its output and errors go to one file or terminal.
  init(_ arguments: [String], output: FileHandle, clock: any Timekeeper) throws {
    process = Process()
    self.clock = clock
    process.executableURL = URL(fileURLWithPath: try ChildProcess.ownBinary())
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    // The service manager, where there is one, supervises the demo and not its daemon.
    process.environment = ProcessInfo.processInfo.environment
      .filter { !["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"].contains($0.key) }
    try process.run()
  }

  var isRunning: Bool { process.isRunning }

  /// Waits until the process has ended and returns its exit code; nil where it is still running after the time.
  func end(within time: Duration) async throws -> Int32? {
    let deadline = clock.now + time
    while process.isRunning {
      guard clock.now < deadline else { return nil }
      try await clock.sleep(for: ChildProcess.glance)
    }
    return process.terminationStatus
  }

  /// Asks the process to end, as systemd would, and insists where it does not within the time.
  func stop(within time: Duration) async throws -> Int32 {
    if process.isRunning { process.terminate() }
    if let status = try await end(within: time) { return status }
    kill(process.processIdentifier, SIGKILL)
    return try await end(within: time) ?? SIGKILL
  }

  /// The file of this program, also where it was started by a name that the shell sought in the PATH.
  private static func ownBinary() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }
}
