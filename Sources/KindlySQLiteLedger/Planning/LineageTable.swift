import GRDB
import KindlyCore

/// Finds the reminders that led to rows of the ledger's own views.
///
/// The lineage of a row never changes, so a reader's result is still valid when the plan is written.
struct LineageTable {
  private let cause: Prepared
  private let line: Prepared
  private let view: LedgerView

  init(_ db: Database, _ view: LedgerView) throws {
    self.view = view
    cause = try Prepared(db, LineageTable.causeSQL(view))
    line = try Prepared(db, LineageTable.lineSQL)
  }

  /// The lineage of the row with a key.
  func lineage(of key: RowKey) throws -> Lineage {
    guard let reminder = try reminder(of: key) else { return .none }
    line.bind(reminder, at: 1)
    defer { line.reset() }
    var rules: Set<ExactText> = []
    var depth: Int?
    while try line.step() {
      rules.insert(ExactText(line.text(0)))
      depth = depth ?? Int(line.integer(1))
    }
    guard let depth else { return .none }
    return Lineage(cause: reminder, depth: depth, rules: rules)
  }

  /// The reminder that made a row.
  private func reminder(of key: RowKey) throws -> Int64? {
    let columns = key.columns
    guard let first = columns.first else { return nil }
    switch view {
    case .reminders, .tasks, .inbox, .replies, .attempts:
      guard let number = Int64(first) else { return nil }
      cause.bind(number, at: 1)
    case .suppressions:
      guard columns.count == 2 else { return nil }
      cause.bind(first, at: 1)
      cause.bind(columns[1], at: 2)
    }
    defer { cause.reset() }
    return try cause.step() ? cause.optionalInteger(0) : nil
  }

  private static func causeSQL(_ view: LedgerView) -> String {
    switch view {
    case .reminders, .attempts: "SELECT ?1"
    case .tasks: "SELECT reminder FROM task WHERE id = ?1"
    case .inbox: "SELECT reminder FROM inbox WHERE id = ?1"
    case .replies: "SELECT reminder FROM reply WHERE id = ?1"
    case .suppressions:
      "SELECT reminder FROM suppression WHERE \(PublishedSQL.suppression) = ?1 AND \(PublishedSQL.scope) = ?2"
    }
  }

  /// Nearest first. The depth limit ends each chain, and with it the recursion.
  private static let lineSQL = """
    WITH RECURSIVE line (rule, depth, cause) AS (
      SELECT rule, depth, cause FROM reminder WHERE id = ?1
      UNION ALL
      SELECT reminder.rule, reminder.depth, reminder.cause
      FROM line JOIN reminder ON reminder.id = line.cause
      LIMIT \(Lineage.deepest + 1)
    )
    SELECT rule.name, line.depth
    FROM line JOIN rule ON rule.id = line.rule
    ORDER BY line.depth DESC
    """
}

extension PlanBatch {
  /// The batch with the cause and depth of each occurrence, without the occurrences that the rule must not make.
  func traced(_ db: Database) throws -> (batch: PlanBatch, tooDeep: [TooDeep]) {
    guard let view else { return (self, []) }
    let table = try LineageTable(db, view)
    var made: [PlannedOccurrence] = []
    var tooDeep: [TooDeep] = []
    for occurrence in occurrences {
      let lineage = try table.lineage(of: occurrence.key)
      switch lineage.verdict(for: rule) {
      case .made(let depth): made.append(occurrence.caused(by: lineage.cause, depth: depth))
      case .ownDoing: break
      case .tooDeep: tooDeep.append(TooDeep(rule: rule, key: occurrence.key))
      }
    }
    return (replacing(made), tooDeep)
  }
}
