package import Foundation
import Synchronization

/// A Python script of `Tests/Support` that runs until its standard input closes.
///
/// It therefore ends with the test process, however that ends.
package final class ScriptProcess: Sendable {
  private let process = Process()
  private let input = Pipe()
  /// Reads what it complains of, for which the file need not be there any more.
  private let complained: FileHandle
  private let state = Mutex((isOver: false, waiters: [CheckedContinuation<Void, Never>]()))
  /// What it prints.
  package let lines: LineFeed

  package init(_ script: String, _ arguments: [String], complaints: URL) throws {
    try Data().write(to: complaints)
    complained = try FileHandle(forReadingFrom: complaints)
    let output = Pipe()
    lines = LineFeed(reading: output.fileHandleForReading)
    process.executableURL = PythonScript.interpreter
    process.arguments = [PythonScript.path(of: script)] + arguments
    process.standardInput = input
    process.standardOutput = output
    let errors = try FileHandle(forWritingTo: complaints)
    process.standardError = errors
    process.terminationHandler = { [weak self] _ in self?.over() }
    try process.run()
    // The script has its own; Foundation's Process would hold on to this one.
    try errors.close()
  }

  /// Writes a line to its standard input.
  package func say(_ line: String) {
    // Losing the error is right: a script that is over answers nothing, which is what the test then sees.
    try? input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// What it has complained of since this was last asked.
  package func complaints() -> String {
    // Losing the error is right: the caller is already telling of a failure.
    String(decoding: (try? complained.readToEnd()) ?? Data(), as: UTF8.self)
  }

  package func stop() {
    // Losing the error is right: a pipe that is closed already has stopped the script.
    try? input.fileHandleForWriting.close()
  }

  /// Waits until it has ended.
  package func waitForEnd() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isOver { state.waiters.append(continuation) }
        return state.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  private func over() {
    let waiters = state.withLock { state in
      state.isOver = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
