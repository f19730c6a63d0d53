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

/// How to reach the customer that a row is about: columns of one watch.
package struct CustomerDirectory: Hashable, Sendable {
  package let watch: String
  /// SQL that must hold for a customer for any rule to apply.
  package let condition: String?
  package let name: String?
  package let email: String?
  package let phone: String?
  package let language: String?
  package let timezone: String?
  /// Columns that enter the message only: never stored, logged or previewed.
  package let secret: [String]

  package init(
    watch: String, condition: String? = nil, name: String? = nil, email: String? = nil,
    phone: String? = nil, language: String? = nil, timezone: String? = nil, secret: [String] = []
  ) {
    self.watch = watch
    self.condition = condition
    self.name = name
    self.email = email
    self.phone = phone
    self.language = language
    self.timezone = timezone
    self.secret = secret
  }

  /// The secret columns among those of a watch's rows.
  package func secretColumns(of watch: Watch) -> [String] { watch.name == self.watch ? secret : [] }

  /// The column that holds addresses of a kind; nil for the key, which is the watch's.
  package func column(of address: ChannelTraits.AddressKind) -> String? {
    switch address {
    case .email: email
    case .phone: phone
    case .key: nil
    }
  }

  /// The columns that distinguish customers: two customers seldom share most of them.
  package var identifyingColumns: [String] { [name, email, phone].compactMap(\.self) }

  /// The columns that say who a customer is and how to reach them.
  package var reachColumns: [String] {
    [name, email, phone, language, timezone].compactMap(\.self)
  }

  /// The columns that the directory's rows must have, each with the word of `customers:` that names it.
  private var namedColumns: [(word: String, column: String)] {
    let single = [
      ("name", name), ("email", email), ("phone", phone), ("language", language),
      ("timezone", timezone),
    ]
    return single.compactMap { word, column in column.map { (word, $0) } }
      + secret.map { ("secret", $0) }
  }

  /// The named columns that are not among the present ones, each with its word.
  package func missingColumns(
    among present: some Sequence<ExactText>
  ) -> [(word: String, column: String)] {
    let folded = Set(present.map(\.folded))
    return namedColumns.filter { !folded.contains($0.column.folded) }
  }
}

/// The customer that a row is about, as the directory's watch has it now.
package struct Customer: Hashable, Sendable {
  package let key: RowKey
  package let name: String
  package let email: String?
  package let phone: String?
  package let language: String?
  package let zone: Zone?
  /// Whether the time zone column holds an unknown zone; such a customer gets the company's zone.
  package let hasUnknownZone: Bool
  /// Every column of the directory's row; those named `secret:` are in `secrets` instead.
  package let values: RowValues
  package let secrets: [ExactText: Secret]

  package init(
    key: RowKey, name: String, email: String? = nil, phone: String? = nil, language: String? = nil,
    zone: Zone? = nil, hasUnknownZone: Bool = false, values: RowValues = [:],
    secrets: [ExactText: Secret] = [:]
  ) {
    self.key = key
    self.name = name
    self.email = email
    self.phone = phone
    self.language = language
    self.zone = zone
    self.hasUnknownZone = hasUnknownZone
    self.values = values
    self.secrets = secrets
  }
}

/// A text that never prints itself: a password, a token, a customer's initial password.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself. Take it only where it enters a message or a connection.
  package let exposed: String

  package init(_ text: String) {
    exposed = text
  }

  package var description: String { "<secret>" }
  package var debugDescription: String { "<secret>" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
