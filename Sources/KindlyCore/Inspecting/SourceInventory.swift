/// What a customer database is, and the tables and views in it.
package struct SourceInventory: Hashable, Sendable {
  package let server: ServerFacts
  /// In the order of their names.
  package let relations: [ListedRelation]

  package init(server: ServerFacts, relations: [ListedRelation]) {
    self.server = server
    self.relations = relations
  }
}

/// What an engine tells of itself.
package struct ServerFacts: Hashable, Sendable {
  /// The engine as its makers call it: `PostgreSQL`, `MariaDB`, `MySQL`, `SQLite`.
  package let product: String
  package let version: String?
  /// The character set in which the database keeps texts.
  package let encoding: String?
  /// The zone in which the server takes times without one; nil where it has none.
  package let timezone: String?
  /// The user that asked; nil where there are no users.
  package let user: String?
  package let longestTransaction: LongestTransaction
  /// What the operator should know besides, such as that this is a standby; each a sentence without its period.
  package let remarks: [String]
  /// A warning if our user may do more than read.
  package let excess: String?

  package init(
    product: String, version: String? = nil, encoding: String? = nil, timezone: String? = nil,
    user: String? = nil, longestTransaction: LongestTransaction = .unknowable,
    remarks: [String] = [], excess: String? = nil
  ) {
    self.product = product
    self.version = version
    self.encoding = encoding
    self.timezone = timezone
    self.user = user
    self.longestTransaction = longestTransaction
    self.remarks = remarks
    self.excess = excess
  }
}

/// How long the oldest open transaction of other sessions has run. A cursor cannot advance past it.
package enum LongestTransaction: Hashable, Sendable {
  case none
  case seconds(Int)
  /// Our user may not see the transactions of others; what would let it.
  case hidden(grant: String)
  /// The engine does not tell.
  case unknowable

  /// Converts a server's answer in seconds; nil means that no transaction is open.
  package init(seconds: Int?) {
    self = seconds.map { .seconds(max($0, 0)) } ?? .none
  }
}

/// A table or view by the name that a watch gives it.
package struct ListedRelation: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case table, view
  }

  package let name: String
  package let kind: Kind
  /// The engine's own estimate of its rows, where it keeps one.
  package let estimate: Int?
  package let isWritable: Bool
  /// Why it cannot be read, if that is known in advance.
  package let fault: String?

  package init(
    name: String, kind: Kind, estimate: Int? = nil, isWritable: Bool = false, fault: String? = nil
  ) {
    self.name = name
    self.kind = kind
    self.estimate = estimate
    self.isWritable = isWritable
    self.fault = fault
  }
}

/// How many rows there are, as well as it was found out.
package enum RowCount: Hashable, Sendable {
  case exact(Int)
  /// By the engine's statistics.
  case estimate(Int)
  case atLeast(Int)

  /// The number, however good it is.
  package var number: Int {
    switch self {
    case .exact(let count), .estimate(let count), .atLeast(let count): count
    }
  }
}
