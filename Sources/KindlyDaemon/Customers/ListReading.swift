package import KindlyCore
import Synchronization

/// Reads the lists of `show:` for one customer.
///
/// For a list that cannot be read, the reason is shown instead; nothing is delayed.
package struct ListReading: Sendable {
  let databases: CustomerDatabases
  let now: Instant

  /// A list that could not be read, and the problem as an operator reads it.
  package struct Failure: Hashable, Sendable {
    package let list: CustomerList
    package let problem: SourceProblem
  }

  /// A customer's lists in the given order, and the failures of those that could not be read.
  /// Both are empty for nobody.
  package func read(
    _ lists: [CustomerList], about customer: Person?
  ) async -> (shown: [ShownList], failures: [Failure]) {
    guard let customer else { return ([], []) }
    var shown: [ShownList] = []
    var failures: [Failure] = []
    for list in lists {
      if databases.lists.isPaused(list.name, now: now) {
        shown.append(ShownList(list.name, fault: SourceProblem.slowWords))
        continue
      }
      do {
        shown.append(try await read(list, about: customer))
      } catch {
        let problem = error as? SourceProblem ?? SourceProblem(.unreachable, "\(error)")
        if problem.isSlowList { databases.lists.pause(list.name, now: now) }
        shown.append(ShownList(list.name, fault: problem.wordsOnCard))
        failures.append(Failure(list: list, problem: problem))
      }
    }
    return (shown, failures)
  }

  /// One list for a customer; throws the reason if it cannot be read.
  package func read(_ list: CustomerList, about customer: Person) async throws -> ShownList {
    let answer = try await databases.source(named: list.source).list(
      ListQuestion(list: list, customer: customer.key, clock: databases.clock(at: now)))
    return ShownList(
      list.name, answer, secretColumns: databases.directory?.secret ?? [],
      secrets: Array(customer.secrets.values))
  }
}

extension SourceProblem {
  /// Whether a list was stopped because it took too long.
  fileprivate var isSlowList: Bool { hint?.isExactly(CustomerList.slowAdvice) == true }

  fileprivate static let slowWords = "it took too long"

  /// The reason in words for a colleague, who cannot fix SQL.
  fileprivate var wordsOnCard: String {
    if isSlowList { return SourceProblem.slowWords }
    return switch kind {
    case .unreachable: "the database did not answer"
    case .watch, .condition: "its query fails"
    }
  }
}

/// The lists that took too long and are paused for a while, because each attempt delays other queries of the source.
package final class ListBoard: Sendable {
  private let paused = Mutex<[ExactText: Instant]>([:])

  /// How long such a list is paused.
  package static let pause = Duration.minutes(5)

  package init() {}

  func pause(_ list: String, now: Instant) {
    paused.withLock { $0[ExactText(list)] = now + ListBoard.pause }
  }

  /// A clock that was set back ends a pause, too.
  func isPaused(_ list: String, now: Instant) -> Bool {
    paused.withLock { paused in
      guard let end = paused[ExactText(list)] else { return false }
      return now < end && now >= end - ListBoard.pause
    }
  }
}

extension CustomerDatabases {
  /// How lists are read.
  package func listReading(now: Instant) -> ListReading {
    ListReading(databases: self, now: now)
  }
}
