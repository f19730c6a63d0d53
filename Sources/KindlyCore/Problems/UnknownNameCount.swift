/// How many customers name an unknown time zone or calendar in their rows; the company's is used for them.
package struct UnknownNameCount: Hashable, Sendable, Codable {
  /// What is unknown.
  package enum Kind: Hashable, Sendable, Codable {
    /// A time zone; `company` is the identifier of the one that is used instead.
    case timezone(company: String)
    case calendar

    /// The kind without its details.
    package var word: String {
      switch self {
      case .timezone: "time zone"
      case .calendar: "calendar"
      }
    }
  }

  package let kind: Kind
  /// `customers.zone`
  package let column: ExactText
  package let customers: Int

  package init(_ kind: Kind, in column: ExactText, customers: Int) {
    self.kind = kind
    self.column = column
    self.customers = customers
  }

  /// How many there are, and how they are treated.
  package var sentence: String {
    let isOne = customers == 1
    let treatment =
      switch kind {
      case .timezone(let company): "\(isOne ? "is" : "are") treated as being in \(company)"
      case .calendar: "\(isOne ? "goes" : "go") by the company's calendar"
      }
    return
      "\(counted(customers, "customer")) \(isOne ? "has" : "have") an unknown \(kind.word) in \(column) and \(treatment)"
  }
}
