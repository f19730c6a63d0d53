/// Finds the recipient of a message among the colleagues that are known so far.
///
/// It asks for one colleague at a time, so that the caller can read the colleagues of many reminders together.
package struct RecipientSearch: Sendable {
  /// A colleague as their directory has them now.
  package enum Colleague: Hashable, Sendable {
    case found(Person, isActive: Bool)
    case unknown
  }

  package enum Result: Hashable, Sendable {
    case found(Person)
    case nobody(RecipientAbsence)
    /// The search goes on once it is known whether there is a colleague with this key.
    case needs(RowKey)
  }

  private let customers: PeopleDirectory?
  private let colleagues: ColleagueDirectory?
  private let teams: [Team]

  package init(customers: PeopleDirectory?, colleagues: ColleagueDirectory?, teams: [Team]) {
    self.customers = customers
    self.colleagues = colleagues
    self.teams = teams
  }

  /// The recipient of a message.
  ///
  /// A colleague who has left is represented by their lead, or the lead's lead, so that nothing is lost.
  ///
  /// - Parameters:
  ///   - about: the customer that the row is about; nil for nobody.
  ///   - this: the row.
  ///   - known: the colleagues that were read, by every key that was asked for.
  package func find(
    _ role: RecipientRole, about: Person?, this: RowValues, known: [RowKey: Colleague]
  ) -> Result {
    switch role {
    case .customer: return .found(about ?? .everybody)
    case .address(let kind, let address):
      return .found(
        Person(.colleagues, key: RowKey(address), name: "", addresses: [kind: address]))
    case .team(let name):
      let team = teams.first { $0.name.isExactly(name) }
      return team.map { .found($0.person) } ?? .nobody(.noTeam(name))
    case .owner:
      guard let about else { return .nobody(.noCustomer) }
      guard let customers, let key = about.key(named: .owner, in: customers) else {
        return .nobody(.noOwner(of: about.key))
      }
      return active(key, known)
    case .colleague(let column):
      guard let key = RowKey(naming: this.value(ofColumn: column)) else {
        return .nobody(.notNamed(column: column))
      }
      return active(key, known)
    case .lead(let other):
      switch find(other, about: about, this: this, known: known) {
      case .found(let person): return lead(of: person, known)
      case .nobody(let absence): return .nobody(absence)
      case .needs(let key): return .needs(key)
      }
    }
  }

  /// The colleague with a key, or who represents them.
  private func active(_ key: RowKey, _ known: [RowKey: Colleague]) -> Result {
    var next = key
    var seen: Set<RowKey> = []
    while true {
      guard seen.insert(next).inserted else { return .nobody(.circle(of: key)) }
      switch known[next] {
      case nil: return .needs(next)
      case .unknown: return .nobody(.unknown(next))
      case .found(let person, isActive: true): return .found(person)
      case .found(let person, isActive: false):
        guard let lead = colleagues?.lead(of: person) else { return .nobody(.left(key)) }
        next = lead
      }
    }
  }

  private func lead(of person: Person, _ known: [RowKey: Colleague]) -> Result {
    guard let lead = colleagues?.lead(of: person) else { return .nobody(.noLead(of: person.key)) }
    let found = active(lead, known)
    // Spelled differently, a key may still be the same colleague's.
    if case .found(let other) = found, other.key == person.key {
      return .nobody(.circle(of: person.key))
    }
    return found
  }
}

/// Why a message has no recipient.
package enum RecipientAbsence: Hashable, Sendable, Codable {
  /// The row is about nobody, and so has no owner.
  case noCustomer
  case noOwner(of: RowKey)
  case notNamed(column: String)
  case unknown(RowKey)
  /// The colleague has left, and so has everybody who could represent them.
  case left(RowKey)
  case noLead(of: RowKey)
  /// The colleague is their own lead, directly or through others.
  case circle(of: RowKey)
  case noTeam(String)

  /// The absence as a clause for people.
  package var words: String {
    switch self {
    case .noCustomer: "the row is about nobody, so there is no owner"
    case .noOwner(let customer): "customer \(customer) has no owner"
    case .notNamed(let column): "the row names no colleague in \(column)"
    case .unknown(let key): "colleague \(key) is not in the directory"
    case .left(let key): "colleague \(key) has left, and no active lead takes over"
    case .noLead(let key): "colleague \(key) has no lead"
    case .circle(let key): "colleague \(key) is their own lead, directly or through others"
    case .noTeam(let name): "no team \(name) is configured"
    }
  }

  /// The colleague whose row a person must look at; nil where it is the customer's row or the rule's.
  package var colleague: RowKey? {
    switch self {
    case .unknown(let key), .left(let key), .noLead(let key), .circle(let key): key
    case .noCustomer, .noOwner, .notNamed, .noTeam: nil
    }
  }

  /// The same of several people or rows, whose keys follow.
  package var plural: String {
    switch self {
    case .noCustomer: "rows about nobody, which have no owner"
    case .noOwner: "customers without an owner"
    case .notNamed(let column): "rows that name no colleague in \(column)"
    case .unknown: "colleagues who are not in the directory"
    case .left: "colleagues who have left, and no active lead takes over"
    case .noLead: "colleagues without a lead"
    case .circle: "colleagues who are their own lead, directly or through others"
    case .noTeam(let name): "rows for team \(name), which is not configured"
    }
  }
}
