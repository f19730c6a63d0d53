/// Who works here, and how to reach them.
package struct ColleagueDirectory: Hashable, Sendable {
  /// The columns that describe a colleague; for listed colleagues, those that `ListedPerson` names.
  package let people: PeopleDirectory
  /// The colleagues that the configuration lists; nil if they are the rows of a watch.
  package let listed: [ListedPerson]?

  package init(people: PeopleDirectory, listed: [ListedPerson]? = nil) {
    self.people = people
    self.listed = listed
  }

  /// The key of the lead that a colleague's row names; nil if it names nobody.
  package func lead(of colleague: Person) -> RowKey? { colleague.key(named: .lead, in: people) }
}

/// A colleague or team that the configuration describes, as a row of a watch would.
package struct ListedPerson: Hashable, Sendable {
  package let key: RowKey
  package let values: RowValues

  package init(key: RowKey, values: RowValues) {
    self.key = key
    self.values = values
  }

  /// The directory whose columns are named like the keys that describe a listed person.
  package static func directory(
    of kinds: [AddressKind], country: PhoneNumber.Country?
  ) -> PeopleDirectory {
    PeopleDirectory(
      .colleagues, watch: "", name: "name",
      addresses: kinds.map { PeopleDirectory.AddressColumn($0, $0.word) },
      // `sees` is left out: it names a column that the customers have too.
      links: [.lead: "lead", .team: "team", .user: "user"], country: country,
      language: "language", timezone: "timezone")
  }
}

/// Several colleagues with addresses of their own, such as a shared mailbox.
package struct Team: Hashable, Sendable {
  package let name: String
  /// The team as the recipient of a message.
  package let person: Person

  package init(name: String, person: Person) {
    self.name = name
    self.person = person
  }

  /// The key of a team as a recipient, which no colleague's key can be mistaken for.
  package static func key(of name: String) -> RowKey { RowKey(prefix + name) }

  /// Whether a recipient's key is that of a team.
  static func isKey(_ key: RowKey) -> Bool {
    key.description.utf8.starts(with: prefix.utf8)
  }

  private static let prefix = "team "
}

extension Person {
  /// The key of the colleague that this person's row names in a column of its directory; nil where it names nobody.
  package func key(named link: PeopleDirectory.Link, in directory: PeopleDirectory) -> RowKey? {
    directory.links[link].flatMap { RowKey(naming: values.value(ofColumn: $0)) }
  }
}

extension RowKey {
  /// The key that a column names; nil for NULL and for text that is empty.
  package init?(naming value: Value?) {
    guard let value, !value.text.trimmed.isEmpty else { return nil }
    self.init([value])
  }
}
