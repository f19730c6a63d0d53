/// How to reach customers or colleagues: columns of one watch.
package struct PeopleDirectory: Hashable, Sendable {
  /// A column that holds addresses of one kind.
  package struct AddressColumn: Hashable, Sendable {
    package let kind: AddressKind
    package let column: String

    package init(_ kind: AddressKind, _ column: String) {
      self.kind = kind
      self.column = column
    }
  }

  /// What a column of a person's row names besides the person.
  package enum Link: String, Hashable, Sendable, CaseIterable {
    /// The colleague who looks after a customer.
    case owner
    /// The colleague whom a colleague reports to.
    case lead
    /// The team that a colleague belongs to.
    case team
    /// A column of both; a colleague sees only tasks about customers with the colleague's own value in it.
    case sees
    /// A colleague's user name on this machine.
    case user
  }

  package let kind: PeopleKind
  package let watch: String
  /// SQL that must hold: for a customer, for any rule to apply; for a colleague, to be sent anything.
  package let condition: String?
  package let name: String?
  /// At most one column for each kind.
  package let addresses: [AddressColumn]
  /// At most one column for each.
  package let links: [Link: String]
  /// The country of phone numbers without a code.
  package let country: PhoneNumber.Country?
  package let language: String?
  /// The column that names the channel each person prefers.
  package let preferred: String?
  package let timezone: String?
  /// The column that names each person's calendar of workdays.
  package let calendar: String?
  /// The calendars that it may name.
  package let calendars: CustomerCalendars
  /// Columns that enter the message only: never stored, logged or previewed.
  package let secret: [String]

  package init(
    _ kind: PeopleKind = .customers, watch: String, condition: String? = nil, name: String? = nil,
    addresses: [AddressColumn] = [], links: [Link: String] = [:],
    country: PhoneNumber.Country? = nil, language: String? = nil, preferred: String? = nil,
    timezone: String? = nil, calendar: String? = nil, calendars: CustomerCalendars = .none,
    secret: [String] = []
  ) {
    self.kind = kind
    self.watch = watch
    self.condition = condition
    self.name = name
    self.addresses = addresses
    self.links = links
    self.country = country
    self.language = language
    self.preferred = preferred
    self.timezone = timezone
    self.calendar = calendar
    self.calendars = calendars
    self.secret = secret
  }

  /// Whether people may have a zone or calendar of their own.
  package var hasClocks: Bool { (timezone ?? calendar) != nil }

  /// The secret columns among those of a watch's rows.
  package func secretColumns(of watch: Watch) -> [String] { watch.name == self.watch ? secret : [] }

  /// The column that holds addresses of a kind; nil for the key, which is the watch's.
  package func column(of kind: AddressKind) -> String? {
    addresses.first { $0.kind == kind }?.column
  }

  /// The columns that distinguish people: two of them seldom share most of them.
  package var identifyingColumns: [String] { [name].compactMap(\.self) + addresses.map(\.column) }

  /// The columns that say who a person is and how to reach them.
  package var reachColumns: [String] {
    identifyingColumns + [language, preferred, timezone, calendar].compactMap(\.self)
      + linkColumns.map(\.column)
  }

  /// The columns of links in a fixed order, each with its word.
  private var linkColumns: [(word: String, column: String)] {
    Link.allCases.compactMap { link in links[link].map { (link.rawValue, $0) } }
  }

  /// The columns that the directory's rows must have, each with the key of the configuration that names it.
  private var namedColumns: [(word: String, column: String)] {
    let words =
      [("name", name)] + addresses.map { ($0.kind.word, $0.column) }
      + [
        ("language", language), (Route.preferred, preferred), ("timezone", timezone),
        ("calendar", calendar),
      ]
    return words.compactMap { word, column in column.map { (word, $0) } } + linkColumns
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
