package import KindlyCore

/// Finds the people by whose clocks and calendars the moments of a step are counted.
///
/// These are the customers, or the first recipients of a step that does not write to customers.
package struct Timekeepers: Sendable {
  private enum Clock: Sendable {
    case customers
    /// Teams, addresses, and colleagues without a zone or calendar of their own.
    case company
    case recipients(RecipientRole)
  }

  private let clock: Clock
  private let lookup: RecipientLookup
  /// Whether the customers' rows name them, or lead to them.
  let needCustomers: Bool

  init(
    of step: Step, customers: PeopleDirectory?, colleagues: PeopleDirectory?,
    lookup: RecipientLookup
  ) {
    let role = step.timekeeper
    if role == .customer {
      clock = .customers
      needCustomers = customers?.hasClocks ?? false
    } else if role.isColleague, colleagues?.hasClocks == true {
      clock = .recipients(role)
      needCustomers = customers != nil && role.needsOwner
    } else {
      clock = .company
      needCustomers = false
    }
    self.lookup = lookup
  }

  /// Whether they are the customers themselves.
  var areCustomers: Bool {
    switch clock {
    case .customers: true
    case .company, .recipients: false
    }
  }

  /// Whether colleagues' rows are read to find them.
  var asksColleagues: Bool { role != nil }

  /// The column of the rule's rows that leads to them; nil if none does.
  var column: String? { role?.column }

  private var role: RecipientRole? {
    switch clock {
    case .customers, .company: nil
    case .recipients(let role): role
    }
  }

  /// A row, and the customer whom it is about; nil for nobody.
  package typealias Subject = (about: Person?, this: RowValues)

  /// The timekeeper of each row, in the order of the rows; nil if the company's zone and calendar apply.
  package func find(_ rows: [Subject]) async throws(SourceProblem) -> [Person?] {
    switch clock {
    case .customers: return rows.map(\.about)
    case .company: return rows.map { _ in nil }
    case .recipients(let role):
      let requests = rows.map { RecipientLookup.Request(role, about: $0.about, this: $0.this) }
      return try await lookup.find(requests).answers.map { answer in
        // A missing recipient is reported when the message is due.
        switch answer.recipient {
        case .success(let person): person
        case .failure: nil
        }
      }
    }
  }
}
