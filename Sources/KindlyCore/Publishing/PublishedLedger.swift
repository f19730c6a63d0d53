/// The part of a ledger that rules may read: the SQL of its views, for reading the ledger as a source.
package struct PublishedLedger: Hashable, Sendable {
  /// The ledger's file.
  package let path: String
  /// The SELECT behind each view; each table name has the prefix `main.`.
  package let views: [LedgerView: String]
  /// The SELECT that returns the ledger's identity, and a text that differs after a change in the views. It returns no
  /// row if the ledger has no identity yet.
  package let pulse: String
  /// The tables that the views read.
  package let tables: Set<ExactText>
  /// The version that the ledger's schema must have.
  package let version: Int
  /// The SQL that makes an empty ledger, so that conditions can be checked before the first start.
  package let emptySchema: [String]

  package init(
    path: String, views: [LedgerView: String], pulse: String, tables: Set<ExactText>, version: Int,
    emptySchema: [String]
  ) {
    self.path = path
    self.views = views
    self.pulse = pulse
    self.tables = tables
    self.version = version
    self.emptySchema = emptySchema
  }
}
