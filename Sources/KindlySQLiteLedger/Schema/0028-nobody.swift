extension Migration {
  /// Tasks and inbox entries about nobody.
  static let nobody = Migration(
    number: 28, purpose: "nobody",
    sql: """
      -- The customer, whose column may now be NULL.
      ALTER TABLE task ADD COLUMN person TEXT;
      UPDATE task SET person = customer;
      DROP INDEX task_customer;
      ALTER TABLE task DROP COLUMN customer;
      ALTER TABLE task RENAME COLUMN person TO customer;
      CREATE INDEX task_customer ON task (customer);

      ALTER TABLE inbox ADD COLUMN person TEXT;
      UPDATE inbox SET person = customer;
      DROP INDEX inbox_customer;
      ALTER TABLE inbox DROP COLUMN customer;
      ALTER TABLE inbox RENAME COLUMN person TO customer;
      CREATE INDEX inbox_customer ON inbox (customer);
      """)
}
