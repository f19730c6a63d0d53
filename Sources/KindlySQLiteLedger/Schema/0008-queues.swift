extension Migration {
  /// The index of what is due, by queue, so that a flood in one queue is not read to find what is due in another.
  static let queues = Migration(
    number: 8, purpose: "queues",
    sql: """
      DROP INDEX reminder_next;
      -- What is due in each queue, oldest first: the claim, the next wake-up and the counts by rule read nothing but this.
      CREATE INDEX reminder_queue ON reminder (rule, step, leg, route_position, next_at, state)
        WHERE state IN (0, 3) AND next_at IS NOT NULL;
      """)
}
