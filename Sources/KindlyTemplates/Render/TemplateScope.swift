package import KindlyCore

/// The input for rendering a letter: one row, its customer, and the reader's zone and language.
package struct TemplateScope: Sendable {
  package var this: RowValues
  /// The values before an update; nil for every other occasion.
  package var old: RowValues?
  /// Nil if the row is about nobody.
  package var customer: Person?
  /// The colleague who looks after the customer; nil if there is none.
  package var owner: Person?
  /// The colleague or team that the letter goes to; nil if it goes to the customer.
  package var colleague: Person?
  /// The moment the reminder is about: for a change, when Kindly noticed it, plus any delay. Nil where none comes.
  package var moment: Instant?
  /// The date that the customer was told before, with its year first; nil unless the letter is a correction.
  package var was: String?
  /// The customer lists that the letter may show.
  package var lists: [ShownList]
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
  /// The same of colleagues' rows.
  package var colleagueDates: DateKinds
  /// The rows of a digest, which has no row values of its own; nil for a letter about one row.
  package var rows: [TemplateScope]?

  /// - Parameters:
  ///   - zone: the customer's own by default, UTC where there is none.
  ///   - language: the customer's own by default.
  package init(
    this: RowValues, old: RowValues? = nil, customer: Person?, owner: Person? = nil,
    colleague: Person? = nil, moment: Instant? = nil,
    was: String? = nil, lists: [ShownList] = [], rule: String, now: Instant, zone: Zone? = nil,
    sourceZone: Zone? = nil,
    language: String? = nil,
    secretColumns: Set<ExactText> = [], revealsSecrets: Bool = true,
    carriesAttachments: Bool = true, dates: DateKinds = DateKinds(),
    customerDates: DateKinds = DateKinds(), colleagueDates: DateKinds = DateKinds()
  ) {
    let zone = zone ?? customer?.zone ?? .utc
    self.this = this
    self.old = old
    self.customer = customer
    self.owner = owner
    self.colleague = colleague
    self.moment = moment
    self.was = was
    self.lists = lists
    self.rule = rule
    self.now = now
    self.zone = zone
    self.sourceZone = sourceZone ?? zone
    self.language = language ?? customer?.language ?? ""
    self.secretColumns = secretColumns
    self.revealsSecrets = revealsSecrets
    self.carriesAttachments = carriesAttachments
    self.dates = dates
    self.customerDates = customerDates
    self.colleagueDates = colleagueDates
  }

  func person(_ role: TemplatePerson) -> Person? {
    switch role {
    case .customer: customer
    case .owner: owner
    case .colleague: colleague
    }
  }

  /// The scope of a digest of these rows, with the language and zone of the first.
  ///
  /// - Parameters:
  ///   - rows: the scopes of the rows, at least one.
  ///   - reader: who receives the digest.
  package init(digestOf rows: [TemplateScope], reader: Person) {
    self = rows[0]
    self.rows = rows
    customer = reader
    this = [:]
    old = nil
    owner = nil
    moment = nil
    was = nil
    lists = []
  }

  /// Whether the scope has a value for a tag.
  func has(_ expression: Expression) -> Bool {
    guard rows != nil, expression.isOfOneRow else { return true }
    if case .person(.customer, _) = expression.operand { return customer?.kind == .customers }
    return false
  }

  /// Whether a column of `this` and `old` is secret; names are compared as SQL does.
  func isSecret(_ column: String) -> Bool {
    let folded = column.folded
    return secretColumns.contains { $0.folded == folded }
  }
}

/// A person whom a letter may name.
enum TemplatePerson: String, Hashable, Sendable, CaseIterable {
  case customer, owner, colleague

  /// Why a configuration has no such person.
  var lack: String {
    switch self {
    case .customer: "the rule's watch has no `customer:`, so its rows are about nobody"
    case .owner: "`customers:` names no `owner:`"
    case .colleague: "kindly.yaml has neither `colleagues:` nor `teams:`"
    }
  }
}

/// The columns that a letter may name, for checking it before there is a row.
package struct TemplateColumns: Hashable, Sendable {
  package var this: Set<ExactText>
  /// Nil where the rule's occasion has no old values.
  package var old: Set<ExactText>?
  /// Columns of the watch that `old`, or `this` of a deleted row, lacks because Kindly keeps no earlier value of them.
  package var unkept: Set<ExactText> = []
  /// Every column of the directory's watch; empty where there is no directory, and nil where rows are about nobody.
  package var customer: Set<ExactText>?
  /// The kinds of address that the directory has.
  package var addresses: [AddressKind]
  /// The names of colleagues; nil if there are none.
  package var colleague: Set<ExactText>?
  /// Whether customers have owners, who are colleagues.
  package var hasOwners: Bool
  /// The directory's secret columns; `this` and `old` name them too where the rule's watch is the directory's own.
  package var secrets: Set<ExactText>
  /// Whether the letter lists the rows of a digest.
  package var isDigest = false
  /// Whether every reader is the customer.
  package var addressesCustomer = true
  /// The names of the lists that the step shows.
  package var lists: Set<ExactText>

  package init(
    this: Set<ExactText>, old: Set<ExactText>? = nil, customer: Set<ExactText>? = [],
    addresses: [AddressKind] = [], colleague: Set<ExactText>? = nil, hasOwners: Bool = false,
    secrets: Set<ExactText> = [], lists: Set<ExactText> = []
  ) {
    self.this = this
    self.old = old
    self.customer = customer
    self.addresses = addresses
    self.colleague = colleague.map { $0.union(PersonField.words(kinds: addresses)) }
    self.hasOwners = hasOwners
    self.secrets = secrets
    self.lists = lists
  }

  /// The names of a person's fields and columns; nil if there is no such person.
  func names(of person: TemplatePerson) -> Set<ExactText>? {
    switch person {
    case .customer: customer?.union(secrets).union(PersonField.words(kinds: addresses))
    case .owner: hasOwners ? colleague : nil
    case .colleague: colleague
    }
  }
}

/// The fields of a person that are not columns. They hide a directory column of the same name, unless it is secret.
enum PersonField: Hashable {
  case name, key, language
  case address(AddressKind)

  /// The fields of every person, whatever the configuration names.
  private static let always: [PersonField] = [
    .name, .key, .language, .address(.email), .address(.phone),
  ]

  /// The field that templates write as `customer.WORD` or `owner.WORD`, if the directory has these kinds of address.
  init?(_ word: String, kinds: some Sequence<AddressKind>) {
    if let field = PersonField.always.first(where: { $0.word.isExactly(word) }) {
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

  func value(of person: Person) -> Value {
    switch self {
    case .name: .text(person.name)
    case .key: .text(person.key.description)
    case .language: person.language.map(Value.text) ?? .null
    case .address(let kind): person.written(of: kind).map(Value.text) ?? .null
    }
  }
}
