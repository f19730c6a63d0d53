import Dispatch
import KindlyCore
import KindlyTemplates
import Synchronization

extension TemplateLibrary {
  /// The message that a letter comes to for one row, waiting for the files that the row names.
  ///
  /// A file server that does not answer holds a thread for as long as it likes, but the message only until the limit.
  func message(
    _ name: String, scope: TemplateScope, limit: Duration
  ) async throws(TemplateProblem) -> Message {
    guard scope.carriesAttachments, readsFiles(name) else { return try render(name, scope: scope) }
    let result = await FileReading.run(limit: limit) { () throws(TemplateProblem) in
      try render(name, scope: scope)
    }
    return try result.get()
  }
}

/// Reads files that rows name on threads of its own: a disk that spins up, or a file server that does not answer, would
/// otherwise hold threads of the cooperative pool.
private enum FileReading {
  typealias Result = Swift.Result<Message, TemplateProblem>

  private static let readers = DispatchQueue(label: "kindly.attachments", attributes: .concurrent)
  /// Timers must fire although all readers hang.
  private static let timers = DispatchQueue(label: "kindly.attachments.limit")
  private static let underWay = Mutex(0)
  /// Dispatch has 64 threads; what hangs must leave some of them.
  private static let most = 32

  static func run(
    limit: Duration, _ read: @escaping @Sendable () throws(TemplateProblem) -> Message
  ) async -> Result {
    let isFree = underWay.withLock { count in
      guard count < most else { return false }
      count += 1
      return true
    }
    guard isFree else { return .failure(.slowFiles(limit)) }
    return await withCheckedContinuation { continuation in
      let answer = FirstAnswer(continuation)
      readers.async {
        answer.give(Result(catching: read))
        underWay.withLock { $0 -= 1 }
      }
      timers.asyncAfter(deadline: .now() + limit.inSeconds) {
        answer.give(.failure(.slowFiles(limit)))
      }
    }
  }
}

/// Resumes a continuation with the first of two answers.
private final class FirstAnswer: Sendable {
  private let waiting: Mutex<CheckedContinuation<FileReading.Result, Never>?>

  init(_ continuation: CheckedContinuation<FileReading.Result, Never>) {
    waiting = Mutex(continuation)
  }

  func give(_ result: FileReading.Result) {
    let continuation = waiting.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
    continuation?.resume(returning: result)
  }
}
