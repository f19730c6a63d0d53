import Dispatch
import Foundation
import Glibc
import KindlyCore

/// A person at a terminal, who is asked one question after the other.
struct Terminal: Sendable {
  /// Whether there is one; a script's input is never read as answers.
  static var isThere: Bool { isatty(STDIN_FILENO) == 1 }

  /// Reading blocks for as long as a person thinks, so it has a thread of its own.
  private static let queue = DispatchQueue(label: "kindly.terminal")
  /// How often an unusable answer is asked again; after that the documentation helps more.
  private static let mostTries = 5

  /// Asks until the answer can be used; no answer means what is proposed.
  func ask<Answer>(
    _ question: String, proposing proposal: String? = nil, isSecret: Bool = false,
    _ use: (String) async throws -> Answer
  ) async throws -> Answer {
    for _ in 0..<Terminal.mostTries {
      print(question + (proposal.map { " [\($0)]" } ?? "") + " ", terminator: "")
      // All streams: Swift does not let a global of C be named.
      fflush(nil)
      guard let line = await Terminal.line(isSecret: isSecret) else {
        throw Failure(
          .usage, "the input ended before every question was answered; nothing was written")
      }
      do {
        return try await use(line.isEmpty ? proposal ?? "" : line)
      } catch let refusal as Failure {
        print("  \(refusal)")
      }
    }
    throw Failure(.usage, "no valid answer to \"\(question)\"; nothing was written")
  }

  private static func line(isSecret: Bool) async -> String? {
    await withCheckedContinuation { continuation in
      queue.async {
        let line = isSecret ? hidden { readLine() } : readLine()
        continuation.resume(returning: line.map(\.trimmed))
      }
    }
  }

  /// Runs a body while the terminal shows nothing of what is typed.
  private static func hidden<Result>(_ body: () -> Result) -> Result {
    var settings = termios()
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return body() }
    var silent = settings
    silent.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSADRAIN, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
      print()
    }
    return body()
  }
}
