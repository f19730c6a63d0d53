import KindlyCore

/// Decodes `customers:`, and `colleagues:` where they are the rows of a watch.
struct PeopleDecoder {
  let kind: PeopleKind
  /// The kinds of address that may have a column.
  let addressKinds: [AddressKind]
  let watchNames: [String]
  let calendars: CalendarReader
  /// The country of phone numbers without a code, unless the directory says another.
  let country: PhoneNumber.Country?
  let findings: Findings

  /// The keys of directories and of listed people that are no kinds of address.
  static let otherKeys =
    [
      "watch", "if", "name", "country", "language", Route.preferred, "timezone", "calendar",
      "secret", "key",
    ] + PeopleDirectory.Link.allCases.map(\.rawValue)

  func directory(_ item: Item) -> PeopleDirectory? {
    guard var fields = Fields(item, what: kind.rawValue, findings: findings) else { return nil }
    defer { fields.finish() }
    let watch = fields.requiredText(
      "watch", "the watch that has the \(kind.rawValue)' names and addresses")
    if let watch, !watchNames.contains(watch.string) {
      watch.refuse(
        "expected `watch` to name a watch, got \(watch.item.shape)"
          + Suggestion.text(for: watch.string, among: watchNames))
    }
    let condition = ConditionReader(findings: findings).condition(&fields, "if")
    let name = fields.text("name")?.string
    let addresses = addressKinds.compactMap { kind in
      fields.text(kind.word).map { PeopleDirectory.AddressColumn(kind, $0.string) }
    }
    var links: [PeopleDirectory.Link: String] = [:]
    for link in PeopleDecoder.links(of: kind) { links[link] = fields.text(link.rawValue)?.string }
    let country = fields.value(
      "country",
      "the ISO code of a known country: \(PhoneNumber.Country.words.joined(separator: ", "))",
      PhoneNumber.Country.init)
    let language = fields.text("language")?.string
    let preferred = fields.text(Route.preferred)?.string
    let timezone = fields.text("timezone")?.string
    let calendar = calendars.column(&fields)
    let secret = fields.texts("secret")?.map(\.string) ?? []
    guard let watch else { return nil }
    return PeopleDirectory(
      kind, watch: watch.string, condition: condition?.sql, name: name, addresses: addresses,
      links: links, country: country ?? self.country, language: language, preferred: preferred,
      timezone: timezone, calendar: calendar,
      calendars: calendar == nil ? .none : CustomerCalendars(calendars.calendars),
      secret: secret)
  }

  private static func links(of kind: PeopleKind) -> [PeopleDirectory.Link] {
    switch kind {
    case .customers: [.owner]
    case .colleagues: [.lead, .team, .sees, .user]
    }
  }

  /// Decodes `colleagues:`, which names a watch or lists the colleagues of a small company.
  func colleagues(_ item: Item) -> ColleagueDirectory? {
    guard case .list(let members) = item.kind else {
      return directory(item).map { ColleagueDirectory(people: $0) }
    }
    let decoder = ListedPersonDecoder(
      directory: ListedPerson.directory(of: addressKinds, country: country), findings: findings)
    let people = members.compactMap(decoder.colleague)
    decoder.check(people.map { ($0.person.key, $0.item) }, leads: people)
    return ColleagueDirectory(people: decoder.directory, listed: people.map(\.person))
  }
}

/// Decodes colleagues and teams that the configuration lists.
struct ListedPersonDecoder {
  /// How the keys of a listed person are read.
  let directory: PeopleDirectory
  let findings: Findings

  typealias Listed = (person: ListedPerson, item: Item)

  /// A member of `colleagues:`.
  func colleague(_ item: Item) -> Listed? {
    guard var fields = Fields(item, what: "a colleague", findings: findings) else { return nil }
    defer { fields.finish() }
    let key = fields.requiredText("key", "what rules and rows call the colleague, `anna`")
    var values = shared(&fields)
    for link in [PeopleDirectory.Link.lead, .team, .user] {
      values[link.rawValue] = fields.text(link.rawValue).map { .text($0.string) }
    }
    fields.text(PeopleDirectory.Link.sees.rawValue)?.refuse(
      "expected `sees` only if colleagues are the rows of a watch, because it names a column that both colleagues and customers have; remove it, and this colleague sees all customers"
    )
    guard let key else { return nil }
    return (ListedPerson(key: RowKey(key.string), values: values), item)
  }

  /// A member of `teams:`.
  func team(_ name: String, _ item: Item) -> Team? {
    guard var fields = Fields(item, what: "team \(name)", findings: findings) else { return nil }
    defer { fields.finish() }
    let values = shared(&fields)
    return Team(name: name, person: directory.person(key: Team.key(of: name), values))
  }

  /// The keys that colleagues and teams share.
  private func shared(_ fields: inout Fields) -> RowValues {
    var values: RowValues = [:]
    values["name"] = fields.text("name").map { .text($0.string) }
    for address in directory.addresses {
      let kind = address.kind
      guard let text = fields.text(kind.word) else { continue }
      let person = Person(
        key: RowKey(""), name: "", addresses: [kind: text.string], country: directory.country)
      do throws(UnfitDelivery) {
        _ = try kind.checked(person.address(of: kind) ?? "")
      } catch {
        text.refuse("expected `\(kind.word)` to be a valid address: \(error.description)")
      }
      values[ExactText(kind.word)] = .text(text.string)
    }
    values["language"] = fields.value("language", "a BCP 47 language such as en or zh-Hans") {
      LanguageTag($0) == nil ? nil : .text($0)
    }
    values["timezone"] = zoneName(&fields, "timezone").map { .text($0) }
    return values
  }

  /// Refuses keys that are given twice, leads that are not listed, and circles of leads.
  func check(_ people: [(key: RowKey, item: Item)], leads: [Listed]) {
    var seen: Set<RowKey> = []
    for (key, item) in people where !seen.insert(key).inserted {
      findings.error("expected each colleague once, got `\(key)` again", at: item.spot)
    }
    let leadOf = Dictionary(
      leads.compactMap { listed in
        RowKey(naming: listed.person.values["lead"]).map { (listed.person.key, $0) }
      }, uniquingKeysWith: { first, _ in first })
    let circular = Set(LeadCircles.members(of: leadOf))
    for listed in leads {
      guard let lead = leadOf[listed.person.key] else { continue }
      if !seen.contains(lead) {
        findings.error(
          "expected `lead` to be the key of a colleague, got `\(lead)`"
            + Suggestion.text(for: lead.description, among: seen.map(\.description).sorted()),
          at: listed.item.spot)
      } else if circular.contains(listed.person.key) {
        findings.error(
          "expected colleague \(listed.person.key) not to be their own lead, directly or through others",
          at: listed.item.spot)
      }
    }
  }
}
