/// Whom a message goes to, as a rule says it: `to: owner`.
package indirect enum RecipientRole: Hashable, Sendable {
  /// The customer that the row is about.
  case customer
  /// The colleague who looks after the customer.
  case owner
  /// The colleague whom a column of the row names.
  case colleague(column: String)
  /// The lead of another recipient, who is a colleague.
  case lead(of: RecipientRole)
  case team(String)
  case address(AddressKind, String)

  /// As the configuration writes it.
  package var text: String {
    switch self {
    case .customer: "customer"
    case .owner: "owner"
    case .colleague(let column): "colleague \(column)"
    case .lead: "lead"
    case .team(let name): "team \(name)"
    case .address(_, let address): address
    }
  }

  /// Whether it is found among the colleagues.
  package var isColleague: Bool {
    switch self {
    case .owner, .colleague, .lead: true
    case .customer, .team, .address: false
    }
  }

  /// The column of the rule's row that leads to the recipient; nil if another row does.
  package var column: String? {
    switch self {
    case .colleague(let column): column
    case .lead(let other): other.column
    case .customer, .owner, .team, .address: nil
    }
  }

  /// Whether the customers' rows must name an owner for it.
  package var needsOwner: Bool {
    switch self {
    case .owner: true
    case .lead(let other): other.needsOwner
    case .customer, .colleague, .team, .address: false
    }
  }
}
