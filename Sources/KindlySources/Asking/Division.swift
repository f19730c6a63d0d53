import KindlyCore

/// Asks about many items at once; if that fails, divides them until the failing items are isolated.
///
/// One row with invalid JSON must not prevent answers about all the others. A failure that occurs even without items is
/// a fault of the SQL and is thrown.
struct Division<Item, Answer> {
  typealias Failing = (item: Item, problem: SourceProblem)

  /// Answers about one part; about no items it has the database prepare the statement.
  private let question: ([Item]) throws(SourceProblem) -> Answer
  private let clock = Stopwatch()
  private var statements = 0
  /// The answers about the items that did not fail.
  private(set) var answers: [Answer] = []
  /// The items that could not be answered for, in their order.
  private(set) var failing: [Failing] = []
  /// The common fault if a sample from the whole range failed completely, so that all items count as failing; nil
  /// otherwise.
  private(set) var commonFault: SourceProblem?

  /// Asks about all items.
  init(
    of items: [Item], _ question: @escaping ([Item]) throws(SourceProblem) -> Answer
  ) throws(SourceProblem) {
    self.question = question
    do throws(SourceProblem) {
      answers = [try question(items)]
    } catch  where error.mayBeOfOneRow && !items.isEmpty {
      _ = try question([])
      if try failsOnSamples(of: items) {
        commonFault = error
        failing = items.map { ($0, error) }
      } else {
        try divide(items, error)
      }
    }
  }

  /// Whether a sample from the whole range fails completely; then searching for sound items is pointless.
  private mutating func failsOnSamples(of items: [Item]) throws(SourceProblem) -> Bool {
    guard items.count > DivisionLimits.samples else { return false }
    let stride = items.count / DivisionLimits.samples
    for number in 0..<DivisionLimits.samples {
      let index = number * stride
      // A sound one is asked about again with its part.
      if case .success = try result(of: items[index...index]) { return false }
    }
    return true
  }

  private mutating func divide(_ items: [Item], _ problem: SourceProblem) throws(SourceProblem) {
    var parts = [(items: items[...], problem: problem)]
    while let (part, problem) = parts.popLast() {
      guard part.count > 1, !isSpent else {
        failing += part.map { ($0, problem) }
        continue
      }
      let middle = part.startIndex + part.count / 2
      // The first half lies on top, so that failing items are found in their order.
      for half in [part[middle...], part[..<middle]] {
        switch try result(of: half) {
        case .success(let answer): answers.append(answer)
        case .failure(let problem): parts.append((half, problem))
        }
      }
    }
  }

  private mutating func result(
    of part: ArraySlice<Item>
  ) throws(SourceProblem) -> Result<Answer, SourceProblem> {
    statements += 1
    do throws(SourceProblem) {
      return .success(try question(Array(part)))
    } catch  where error.mayBeOfOneRow {
      return .failure(error)
    }
  }

  private var isSpent: Bool {
    statements >= DivisionLimits.statements || clock.elapsed > DivisionLimits.patience
  }
}

/// How far a question is divided; what is not answered by then waits with the failing rows and is asked again with them.
private enum DivisionLimits {
  /// Ten failing rows among 500 take about 130 statements.
  static let statements = 400
  /// Other questions wait meanwhile.
  static let patience = Duration.seconds(10)
  /// If half of the rows fail, the chance that this many samples all fail is one in 65,000.
  static let samples = 16
}

extension SourceProblem {
  /// Whether one row may be the cause, so that others could be answered for.
  fileprivate var mayBeOfOneRow: Bool {
    switch kind {
    case .unreachable: false
    case .watch, .condition: true
    }
  }
}
