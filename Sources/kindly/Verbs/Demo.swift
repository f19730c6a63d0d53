import ArgumentParser
import Dispatch
import Foundation
import Glibc
import KindlyDaemon

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show Kindly at work for a small made-up company.",
    discussion: """
      Creates a folder with a customer database, rules and letters, and runs the daemon on it for half a minute while the \
      customers' data changes. Everything stays in the folder for you to look at. Nothing leaves this machine: mail goes to a \
      maildir in the folder, text messages and WeChat messages go to a stand-in for the providers.

      EXAMPLES
        kindly demo
        kindly demo --folder ~/kindly-demo
      """)

  @Option(
    help: ArgumentHelp(
      "The folder to make; by default a new one under the temporary folder.", valueName: "dir"))
  var folder: String?

  func run() async throws {
    let performance = Performance(
      folder: try DemoFolder(choosing: folder), program: CommandLine.arguments[0],
      clock: SystemClock())
    let interruption = Interruption()
    defer { interruption.stopListening() }
    let signals = interruption.signals
    let wasInterrupted = try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await performance.run()
        return false
      }
      group.addTask {
        // The stream ends without a signal when the performance is over and this task is cancelled.
        for await _ in signals { return true }
        return false
      }
      // Both tasks return, so there is always a first one.
      let first = try await group.next() ?? false
      group.cancelAll()
      do {
        while try await group.next() != nil {}
      } catch is CancellationError {
        // The performance was cancelled, and has ended its daemon.
      }
      return first
    }
    if wasInterrupted {
      Standard.error("interrupted; the folder \(performance.folder.path) stays as it is")
      throw ExitCode(130)
    }
  }
}

/// Ctrl-C, SIGTERM and a closed terminal, so that the demo ends its daemon before itself.
private struct Interruption {
  let signals: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    signals = stream
    sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      // The default action would end the process before the source is asked.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield() }
      source.activate()
      return source
    }
  }

  func stopListening() {
    for source in sources { source.cancel() }
  }
}
