/// A table, view or query of a source, with its key columns; what rules look at.
package struct Watch: Hashable, Sendable {
  package enum Relation: Hashable, Sendable {
    /// A table or view by name.
    case table(String)
    /// A SELECT statement, kept as the configuration has it.
    case query(String)
  }

  /// How inserts, updates and deletes are noticed. Each says only where to look first; the sweep is the truth.
  package enum Changes: Hashable, Sendable {
    /// A column that rises with every insert and update.
    case cursor(column: String)
    /// A table that triggers in the source write.
    case changelog
    /// Every row is read and compared with what is known.
    case snapshot
  }

  package let name: String
  package let source: String
  package let relation: Relation
  /// One or more columns that name a row.
  package let key: [String]
  /// Nil where no rule may ask for changes.
  package let changes: Changes?
  /// The column that holds the customer's key; nil means that the row's own key is the customer's.
  package let customerColumn: String?
  /// Whether a key that was deleted and comes back counts as a new insert (`reappearing: insert`).
  package let reappearingInserts: Bool
  /// What the configuration says about its date columns.
  package let dates: DateStatements
  package let place: Place

  package init(
    name: String, source: String, relation: Relation, key: [String], changes: Changes? = nil,
    customerColumn: String? = nil, reappearingInserts: Bool = false,
    dates: DateStatements = DateStatements(), place: Place = .unknown
  ) {
    self.name = name
    self.source = source
    self.relation = relation
    self.key = key
    self.changes = changes
    self.customerColumn = customerColumn
    self.reappearingInserts = reappearingInserts
    self.dates = dates
    self.place = place
  }
}
