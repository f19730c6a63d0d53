import KindlyCore

/// SQL that finds the reminder whose message is being stored in the ledger. Its public id is the first parameter.
///
/// A new public id is not in an index at once. But a reminder that is being handed over has an owner, and few reminders
/// have one.
enum HandedOver {
  static let reminder = "(SELECT id FROM reminder WHERE owner IS NOT NULL AND public_id = ?1)"

  /// The outcome of the nearest task that led to it, if one did.
  static let subject = """
    (WITH RECURSIVE line (id, cause, links) AS (
        SELECT id, cause, 0 FROM reminder WHERE owner IS NOT NULL AND public_id = ?1
        UNION ALL
        SELECT reminder.id, reminder.cause, links + 1
        FROM line JOIN reminder ON reminder.id = line.cause
        LIMIT \(Lineage.deepest + 1)
      )
      SELECT ifnull(task.about, task.outcome)
      FROM line JOIN task ON task.reminder = line.id
      WHERE links > 0 AND ifnull(task.about, task.outcome) IS NOT NULL
      ORDER BY links
      LIMIT 1)
    """
}
