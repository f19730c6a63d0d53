/// A row of the customers' table.
struct SimRow: Hashable {
  let key: Int
  var status: String
  var amount: Int
  var isBlocked: Bool
  /// Days since 1970.
  var starts: Int?
  var ends: Int?
  /// A time by the clocks of the source, in seconds since 1970.
  var meets: Int?
  var home: Home
  var hasAddress = true

  static let statuses = ["trial", "active", "expired"]
}

enum SimColumn: String, CaseIterable {
  case status, amount
  case starts = "starts_on"
  case ends = "ends_on"
  case meets = "meets_at"
}

/// A change of one value.
enum SimField: Hashable {
  case status(String)
  case amount(Int)
  case isBlocked(Bool)
  case starts(Int?)
  case ends(Int?)
  case meets(Int?)
  case home(Home)
  case hasAddress(Bool)
}

extension SimRow {
  mutating func set(_ field: SimField) {
    switch field {
    case .status(let status): self.status = status
    case .amount(let amount): self.amount = amount
    case .isBlocked(let isBlocked): self.isBlocked = isBlocked
    case .starts(let day): starts = day
    case .ends(let day): ends = day
    case .meets(let second): meets = second
    case .home(let home): self.home = home
    case .hasAddress(let hasAddress): self.hasAddress = hasAddress
    }
  }

  /// One of its dates, moved; nil if it has none.
  func moved(_ column: SimColumn, by seconds: Int) -> SimField? {
    switch column {
    case .starts: starts.map { .starts($0 + seconds / NaiveTime.day) }
    case .ends: ends.map { .ends($0 + seconds / NaiveTime.day) }
    case .meets: meets.map { .meets($0 + seconds) }
    case .status, .amount: nil
    }
  }

  /// Whether the columns that rules can watch are the same.
  func differs(from other: SimRow, in column: SimColumn) -> Bool {
    switch column {
    case .status: status != other.status
    case .amount: amount != other.amount
    case .starts: starts != other.starts
    case .ends: ends != other.ends
    case .meets: meets != other.meets
    }
  }

  private static func quoted(day: Int?) -> String {
    day.map { "'\(NaiveTime.text($0))'" } ?? "NULL"
  }

  private static func quoted(time: Int?) -> String {
    time.map {
      "'\(NaiveTime.text($0 / NaiveTime.day)) \(NaiveTime.clock($0 % NaiveTime.day))'"
    } ?? "NULL"
  }

  static let schema = """
    CREATE TABLE customers (
      id INTEGER PRIMARY KEY, name TEXT, email TEXT, tz TEXT, status TEXT, amount INTEGER,
      blocked INTEGER, starts_on DATE, ends_on DATE, meets_at TEXT);
    CREATE INDEX customers_starts ON customers (starts_on);
    CREATE INDEX customers_ends ON customers (ends_on);
    CREATE INDEX customers_meets ON customers (meets_at);
    """

  private static func address(_ key: Int, _ hasAddress: Bool) -> String {
    hasAddress ? "'c\(key)@example.com'" : "NULL"
  }

  var insertion: String {
    """
    INSERT INTO customers VALUES (\(key), 'Name \(key)', \(SimRow.address(key, hasAddress)), \
    '\(home.rawValue)', \
    '\(status)', \(amount), \(isBlocked ? 1 : 0), \(SimRow.quoted(day: starts)), \
    \(SimRow.quoted(day: ends)), \(SimRow.quoted(time: meets)));
    """
  }

  static func update(_ key: Int, _ field: SimField) -> String {
    let assignment =
      switch field {
      case .status(let status): "status = '\(status)'"
      case .amount(let amount): "amount = \(amount)"
      case .isBlocked(let isBlocked): "blocked = \(isBlocked ? 1 : 0)"
      case .starts(let day): "starts_on = \(quoted(day: day))"
      case .ends(let day): "ends_on = \(quoted(day: day))"
      case .meets(let second): "meets_at = \(quoted(time: second))"
      case .home(let home): "tz = '\(home.rawValue)'"
      case .hasAddress(let hasAddress): "email = \(address(key, hasAddress))"
      }
    return "UPDATE customers SET \(assignment) WHERE id = \(key);"
  }
}

/// A condition as SQL and as what it means.
enum SimCondition: Hashable {
  case status(String)
  case statusIsNot(String)
  case amountAtLeast(Int)
  /// Of an update: the status before.
  case oldStatus(String)

  var sql: String {
    switch self {
    case .status(let status): "status = '\(status)'"
    case .statusIsNot(let status): "status <> '\(status)'"
    case .amountAtLeast(let amount): "amount >= \(amount)"
    case .oldStatus(let status): "old.status = '\(status)'"
    }
  }

  func holds(_ row: SimRow, old: SimRow?) -> Bool {
    switch self {
    case .status(let status): row.status == status
    case .statusIsNot(let status): row.status != status
    case .amountAtLeast(let amount): row.amount >= amount
    case .oldStatus(let status): old?.status == status
    }
  }
}
