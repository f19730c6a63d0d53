import GRDB
import KindlyCore

/// Where rules stand, as it is stored.
enum RuleTable {
  /// The standings of all rules that were ever activated, or of one, by name.
  static func standings(_ db: Database, id: Int64? = nil) throws -> [ExactText: RuleStanding] {
    var scanned: [Int64: [ExactText: Instant]] = [:]
    var unscanned: [Int64: Set<ExactText>] = [:]
    var begun: [Int64: [ExactText: Instant]] = [:]
    var changesAfter: [Int64: [ExactText: Int64]] = [:]
    let steps = try Row.fetchAll(
      db,
      sql: """
        SELECT rule, name, scanned_through, is_scanned, begun_at, changes_after FROM step
        WHERE :id IS NULL OR rule = :id
        """, arguments: ["id": id])
    for step in steps {
      let through: Int64 = step["scanned_through"]
      let name: String = step["name"]
      scanned[step["rule"], default: [:]][name] = Instant(milliseconds: through)
      if step["is_scanned"] == 0 { unscanned[step["rule"], default: []].insert(name) }
      let start: Int64? = step["begun_at"]
      begun[step["rule"], default: [:]][name] = start.map { Instant(milliseconds: $0) }
      changesAfter[step["rule"], default: [:]][name] = step["changes_after"]
    }
    let rules = try Row.fetchAll(
      db,
      sql: """
        SELECT id, name, activated_at, change_position FROM rule WHERE :id IS NULL OR id = :id
        """, arguments: ["id": id])
    return Dictionary(
      uniqueKeysWithValues: rules.map { rule in
        (
          ExactText(rule["name"]),
          RuleStanding(
            activated: Instant(milliseconds: rule["activated_at"]),
            changePosition: rule["change_position"], scannedThrough: scanned[rule["id"]] ?? [:],
            unscanned: unscanned[rule["id"]] ?? [], begun: begun[rule["id"]] ?? [:],
            changesAfter: changesAfter[rule["id"]] ?? [:])
        )
      })
  }
}
