extension Migration {
  /// Where a suppression comes from, so that people can list it without its address, and lift it.
  static let suppressionOrigin = Migration(
    number: 7, purpose: "suppression-origin",
    sql: """
      -- The channel that refused the address, the customer that it was, and the reminder; or the person who said so.
      ALTER TABLE suppression ADD COLUMN channel TEXT;
      ALTER TABLE suppression ADD COLUMN customer TEXT;
      ALTER TABLE suppression ADD COLUMN reminder INTEGER REFERENCES reminder (id) ON DELETE SET NULL;
      ALTER TABLE suppression ADD COLUMN added_by TEXT;
      CREATE INDEX suppression_since ON suppression (since);
      -- Read by the foreign key when a reminder is purged.
      CREATE INDEX suppression_reminder ON suppression (reminder) WHERE reminder IS NOT NULL;
      """)
}
