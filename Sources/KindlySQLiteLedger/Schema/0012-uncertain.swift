extension Migration {
  /// A reminder that may have arrived stays uncertain whatever it waits for, and is found by its reason.
  static let uncertain = Migration(
    number: 12, purpose: "uncertain",
    sql: """
      UPDATE reminder SET state = 3 WHERE state = 0 AND uncertainties > 0;

      -- What waits for a reason, in the queue or uncertain: waking, alarms and counts read nothing but this.
      DROP INDEX reminder_waiting;
      CREATE INDEX reminder_waiting ON reminder (reason, rule, channel)
        WHERE state IN (0, 3) AND reason IS NOT NULL;
      """)
}
