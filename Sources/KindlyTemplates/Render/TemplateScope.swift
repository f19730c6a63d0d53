package import KindlyCore

/// The input for rendering a letter: one row, its customer, and the reader's zone and language.
package struct TemplateScope: Sendable {
  package var this: RowValues
  /// The values before an update; nil for every other occasion.
  package var old: RowValues?
  package var customer: Person
  /// The moment the reminder is about; nil for a change.
  package var moment: Instant?
  /// The date that the customer was told before, with its year first; nil unless the letter is a correction.
  package var was: String?
  package var rule: String
  package var now: Instant
  /// The reader's zone: dates and times are written by its clocks.
  package var zone: Zone
  /// The zone of wall times in the source.
  package var sourceZone: Zone
  /// The reader's language; empty where the reader has none, who then reads the company's.
  package var language: String
  /// Columns of `this` and `old` that the directory calls secret, where the rule's watch is the directory's own.
  package var secretColumns: Set<ExactText>
  /// False in previews and samples: secrets are then written as dots.
  package var revealsSecrets: Bool
  /// False where the channel carries no files: then none is read.
  package var carriesAttachments: Bool
  /// What the date columns of `this` and `old` hold.
  package var dates: DateKinds
  /// The same of the customer's row.
  package var customerDates: DateKinds

  /// - Parameters:
  ///   - zone: the customer's own by default, UTC where there is none.
  ///   - language: the customer's own by default.
  package init(
    this: RowValues, old: RowValues? = nil, customer: Person, moment: Instant? = nil,
    was: String? = nil, rule: String, now: Instant, zone: Zone? = nil, sourceZone: Zone? = nil,
    language: String? = nil,
    secretColumns: Set<ExactText> = [], revealsSecrets: Bool = true,
    carriesAttachments: Bool = true, dates: DateKinds = DateKinds(),
    customerDates: DateKinds = DateKinds()
  ) {
    let zone = zone ?? customer.zone ?? .utc
    self.this = this
    self.old = old
    self.customer = customer
    self.moment = moment
    self.was = was
    self.rule = rule
    self.now = now
    self.zone = zone
    self.sourceZone = sourceZone ?? zone
    self.language = language ?? customer.language ?? ""
    self.secretColumns = secretColumns
    self.revealsSecrets = revealsSecrets
    self.carriesAttachments = carriesAttachments
    self.dates = dates
    self.customerDates = customerDates
  }

  /// Whether a column of `this` and `old` is secret; names are compared as SQL does.
  func isSecret(_ column: String) -> Bool {
    let folded = column.folded
    return secretColumns.contains { $0.folded == folded }
  }
}

/// The columns that a letter may name, for checking it before there is a row.
package struct TemplateColumns: Hashable, Sendable {
  package var this: Set<ExactText>
  /// Nil where the rule's occasion has no old values.
  package var old: Set<ExactText>?
  /// Every column of the directory's watch; empty where there is no directory.
  package var customer: Set<ExactText>
  /// The kinds of address that the directory has.
  package var addresses: [AddressKind]
  /// The directory's secret columns; `this` and `old` name them too where the rule's watch is the directory's own.
  package var secrets: Set<ExactText>

  package init(
    this: Set<ExactText>, old: Set<ExactText>? = nil, customer: Set<ExactText> = [],
    addresses: [AddressKind] = [], secrets: Set<ExactText> = []
  ) {
    self.this = this
    self.old = old
    self.customer = customer
    self.addresses = addresses
    self.secrets = secrets
  }
}

/// The fields of a customer that are not columns. They hide a directory column of the same name, unless it is secret.
enum CustomerField: Hashable {
  case name, key, language
  case address(AddressKind)

  /// The fields of every customer, whatever `customers:` names.
  private static let always: [CustomerField] = [
    .name, .key, .language, .address(.email), .address(.phone),
  ]

  /// The field that templates write as `customer.WORD`, if the directory has these kinds of address.
  init?(_ word: String, kinds: some Sequence<AddressKind>) {
    if let field = CustomerField.always.first(where: { $0.word.isExactly(word) }) {
      self = field
    } else if let kind = kinds.first(where: { $0.word.isExactly(word) }) {
      self = .address(kind)
    } else {
      return nil
    }
  }

  /// The words of all fields, if the directory has these kinds of address.
  static func words(kinds: some Sequence<AddressKind>) -> Set<ExactText> {
    Set(texts: always.map(\.word) + kinds.map(\.word))
  }

  private var word: String {
    switch self {
    case .name: "name"
    case .key: "key"
    case .language: "language"
    case .address(let kind): kind.word
    }
  }

  func value(of customer: Person) -> Value {
    switch self {
    case .name: .text(customer.name)
    case .key: .text(customer.key.description)
    case .language: customer.language.map(Value.text) ?? .null
    case .address(let kind): customer.written(of: kind).map(Value.text) ?? .null
    }
  }
}
