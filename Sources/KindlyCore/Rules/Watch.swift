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

  /// Whom its rows are about.
  package enum About: Hashable, Sendable {
    /// Each row is a customer.
    case itself
    /// The customer whose key the column holds.
    case customer(column: String)
    case nobody
  }

  package let name: String
  package let source: String
  package let relation: Relation
  /// One or more columns that name a row.
  package let key: [String]
  /// Nil where no rule may ask for changes.
  package let changes: Changes?
  package private(set) var about: About
  /// Whether a key that was deleted and comes back counts as a new insert (`reappearing: insert`).
  package let reappearingInserts: Bool
  /// What the configuration says about its date columns.
  package let dates: DateStatements
  package let place: Place

  package init(
    name: String, source: String, relation: Relation, key: [String], changes: Changes? = nil,
    about: About = .itself, reappearingInserts: Bool = false,
    dates: DateStatements = DateStatements(), place: Place = .unknown
  ) {
    self.name = name
    self.source = source
    self.relation = relation
    self.key = key
    self.changes = changes
    self.about = about
    self.reappearingInserts = reappearingInserts
    self.dates = dates
    self.place = place
  }

  /// This watch as the customers' own: unless a column names the customer, each row is one.
  package var ofCustomers: Watch {
    guard about == .nobody else { return self }
    var watch = self
    watch.about = .itself
    return watch
  }

  /// The column that holds the customer's key; nil if there is none.
  package var customerColumn: String? {
    if case .customer(let column) = about { column } else { nil }
  }

  /// The customer whom a row is about, by its key and the value of its customer column.
  package func customer(ofRow key: RowKey, naming value: @autoclosure () -> Value) -> RowKey? {
    switch about {
    case .itself: key
    case .customer: RowKey([value()])
    case .nobody: nil
    }
  }

  /// Whether a row is about nobody, so that no customer has to be found for it.
  ///
  /// A row of Kindly's own ledger is about nobody if it came from such a row.
  package func isAboutNobody(customer: RowKey?) -> Bool {
    about == .nobody || customer == nil && ledgerView != nil
  }
}

/// A column of a watch that holds the key of the customer whom a row is about.
package struct CustomerColumn: Hashable, Sendable {
  package let watch: String
  package let column: String

  package init(watch: String, column: String) {
    self.watch = watch
    self.column = column
  }

  /// Nil for a watch that has no such column.
  package init?(of watch: Watch) {
    guard let column = watch.customerColumn else { return nil }
    self.init(watch: watch.name, column: column)
  }
}
