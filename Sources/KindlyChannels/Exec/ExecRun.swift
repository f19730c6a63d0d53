import Subprocess
import Synchronization

/// One run of a program, in a process group of its own.
struct ExecRun: Sendable {
  enum Ending: Sendable {
    case exited(code: Int, firstLine: String)
    /// Something else than us killed it.
    case signalled(signal: Int, firstLine: String)
    /// We killed its process group at the time limit.
    case overdue(firstLine: String)
    /// We killed its process group because the channel closes.
    case stopped(firstLine: String)
    /// The program could not be started.
    case notStarted(String)
    /// It ran, and how it ended cannot be told.
    case lost(reason: String, firstLine: String)

    /// The ending if we had killed the program before it ended.
    fileprivate func afterKill(isClosing: Bool) -> Ending {
      switch self {
      case .signalled(_, let line), .lost(_, let line):
        isClosing ? .stopped(firstLine: line) : .overdue(firstLine: line)
      case .exited, .overdue, .stopped, .notStarted: self
      }
    }
  }

  let program: String
  let arguments: [String]
  let environment: [String: String]
  let input: [UInt8]
  let timeLimit: Duration
  let clock: any Clock<Duration>

  /// Runs the program to its end; at the time limit, and when it is cancelled, by killing its process group.
  func ending() async -> Ending {
    await withTaskGroup(of: Ending?.self) { group in
      group.addTask { await run() }
      group.addTask {
        // Losing the cancellation is right: it means that the program has ended by itself.
        try? await clock.sleep(for: timeLimit)
        return nil
      }
      let first = await group.next().flatMap { $0 }
      group.cancelAll()
      if let first { return Task.isCancelled ? first.afterKill(isClosing: true) : first }
      // Cancelling the run kills the process group; a program that ends by itself at that moment keeps its exit code.
      let second = await group.next().flatMap { $0 }
      return second?.afterKill(isClosing: Task.isCancelled) ?? .overdue(firstLine: "")
    }
  }

  private func run() async -> Ending {
    let record = Record()
    do {
      let result = try await Subprocess.run(
        .path(ExecRun.literal(program)), arguments: Arguments(arguments),
        environment: .custom(variables), platformOptions: options, input: .inputWriter,
        output: .discarded, error: .sequence
      ) { execution in
        record.start()
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await feed(execution.standardInputWriter) }
          await listen(to: execution.standardError, record)
        }
      }
      return switch result.terminationStatus {
      case .exited(let code): .exited(code: Int(code), firstLine: record.firstLine)
      case .signaled(let signal): .signalled(signal: Int(signal), firstLine: record.firstLine)
      }
    } catch {
      return record.isStarted
        ? .lost(reason: "\(error)", firstLine: record.firstLine) : .notStarted("\(error)")
    }
  }

  private func feed(_ writer: StandardInputWriter) async {
    // A program may exit without reading its input, or read only a part; its exit code is the answer all the same.
    _ = try? await writer.write(input)
    // The pipe may be closed from the other side for the same reason.
    try? await writer.finish()
  }

  private func listen(to stream: SubprocessOutputSequence, _ record: Record) async {
    do {
      for try await piece in stream { record.note(piece) }
    } catch {
      // Standard error is only evidence, and the exit code decides without it.
    }
  }

  private var variables: [Environment.Key: String] {
    var variables: [Environment.Key: String] = [:]
    for (name, value) in environment { variables[ExecRun.literal(name)] = value }
    return variables
  }

  /// A path or a variable's name, made as from a literal: the module that declares paths is no dependency of ours.
  private static func literal<Literal: ExpressibleByStringLiteral>(_ text: String) -> Literal
  where Literal.StringLiteralType == String {
    Literal(stringLiteral: text)
  }

  private var options: PlatformOptions {
    var options = PlatformOptions()
    // Zero makes the program the leader of a new process group, which a kill is then sent to.
    options.processGroupID = 0
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)
    ]
    return options
  }
}

/// What is known of a run while it goes on.
private final class Record: Sendable {
  private let state = Mutex((isStarted: false, bytes: [UInt8]()))

  /// A first line is short; the rest of standard error is read and dropped, so that a chatty program does not block.
  private static let keptBytes = 4096

  var isStarted: Bool { state.withLock { $0.isStarted } }

  var firstLine: String {
    state.withLock { state in
      let line = state.bytes.split(separator: 0x0A).first ?? []
      return String(decoding: line, as: UTF8.self)
    }
  }

  func start() {
    state.withLock { $0.isStarted = true }
  }

  func note(_ piece: SubprocessOutputSequence.Buffer) {
    state.withLock { state in
      let room = Record.keptBytes - state.bytes.count
      guard room > 0 else { return }
      piece.withUnsafeBytes { state.bytes += $0.prefix(room) }
    }
  }
}
