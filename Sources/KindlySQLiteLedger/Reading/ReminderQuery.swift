import GRDB
import KindlyCore

/// Turns a selection into a condition, and rows into summaries.
struct ReminderQuery {
  private var conditions: [String] = []
  private(set) var arguments = StatementArguments()

  init(_ selection: ReminderSelection) {
    if !selection.ids.isEmpty {
      add(
        "reminder.id IN (SELECT value FROM json_each(:ids))", "ids",
        JSONNumbers.array(selection.ids))
    }
    if let rule = selection.rule {
      add("reminder.rule = (SELECT id FROM rule WHERE name = :rule)", "rule", rule)
    }
    if let channel = selection.channel {
      add("reminder.channel = (SELECT id FROM channel WHERE name = :channel)", "channel", channel)
    }
    if !selection.states.isEmpty {
      let states = selection.states.map { String($0.rawValue) }.sorted().joined(separator: ", ")
      conditions.append("reminder.state IN (\(states))")
    }
    if let reason = selection.reason { add("reminder.reason = :reason", "reason", reason.rawValue) }
    if let hasApplied = selection.hasApplied {
      add("reminder.applied = :applied", "applied", hasApplied)
    }
    if let since = selection.since { add("reminder.due >= :since", "since", since.milliseconds) }
    if let until = selection.until { add("reminder.due < :until", "until", until.milliseconds) }
    if let through = selection.through { add("reminder.id <= :through", "through", through) }
    if let action = selection.actedAfter {
      add(
        "reminder.id IN (SELECT reminder FROM action_reminder WHERE action > :action)", "action",
        action)
    }
    if let customer = selection.customer {
      add("reminder.customer = :customer", "customer", customer.text)
    }
  }

  mutating func add(
    _ condition: String, _ name: String, _ value: some DatabaseValueConvertible & Sendable
  ) {
    conditions.append(condition)
    arguments += [name: value]
  }

  /// What follows WHERE.
  var condition: String { conditions.isEmpty ? "1" : conditions.joined(separator: " AND ") }

  /// What `summary` reads.
  static let columns = """
    reminder.id AS id, public_id, rule.name AS rule_name, step.name AS step_name, leg, row_key,
    cycle, customer, state, reason, due, use_until, next_at, decided_at,
    channel.name AS channel_name, route_position, attempts, applied,
    \(FormerRows.condition(of: "reminder")) AS is_former
    """

  static let tables = """
    reminder
    JOIN rule ON rule.id = reminder.rule
    JOIN step ON step.id = reminder.step
    LEFT JOIN channel ON channel.id = reminder.channel
    """

  static func summary(_ row: Row) throws -> ReminderSummary {
    let customer: String? = row["customer"]
    let next: Int64? = row["next_at"]
    let decided: Int64? = row["decided_at"]
    return ReminderSummary(
      id: row["id"], publicID: row["public_id"], rule: row["rule_name"], step: row["step_name"],
      leg: row["leg"], key: RowKey(canonical: row["row_key"]), cycle: Cycle(stored: row["cycle"]),
      customer: customer.map(RowKey.init(canonical:)), state: try Stored.state(row["state"]),
      reason: try Stored.reason(row["reason"]), due: Instant(milliseconds: row["due"]),
      useUntil: Instant(milliseconds: row["use_until"]),
      next: next.map(Instant.init(milliseconds:)),
      decided: decided.map(Instant.init(milliseconds:)),
      channel: row["channel_name"], routePosition: row["route_position"],
      attempts: row["attempts"], applied: row["applied"], isOfFormerRow: row["is_former"])
  }
}
