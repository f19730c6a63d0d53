extension Migration {
  /// Keeps the access tokens that providers give out.
  static let tokens = Migration(
    number: 15, purpose: "tokens",
    sql: """
      -- Access tokens of providers' accounts. They are secrets, and end after two hours or so.
      CREATE TABLE token (
        account TEXT PRIMARY KEY,
        value TEXT NOT NULL,
        until INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      """)
}
