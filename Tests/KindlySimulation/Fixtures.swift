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

  var insertion: String {
    """
    INSERT INTO customers VALUES (\(key), 'Name \(key)', 'c\(key)@example.com', '\(home.rawValue)', \
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

/// A number of units.
struct SimSpan: Hashable {
  enum Unit: String, CaseIterable { case minute, hour, day, week, month, year }

  let count: Int
  let unit: Unit

  var text: String { "\(count) \(unit.rawValue)s" }
  var isElapsed: Bool { unit == .minute || unit == .hour }

  /// An instant so many times the span later, by the clocks of a place.
  func adding(times: Int, to instant: Int, local: Int, in home: Home) -> Int {
    let number = count * times
    if number == 0 { return instant }
    let (day, second) = (local / NaiveTime.day, local % NaiveTime.day)
    func on(_ day: Int) -> Int { home.instant(day * NaiveTime.day + second) }
    switch unit {
    case .minute: return instant + 60 * number
    case .hour: return instant + 3600 * number
    case .day: return on(day + number)
    case .week: return on(day + 7 * number)
    case .month: return on(NaiveTime.adding(months: number, to: day))
    case .year: return on(NaiveTime.adding(months: 12 * number, to: day))
    }
  }

  /// No fewer seconds than it ever has.
  var longest: Int {
    switch unit {
    case .minute: 60 * count
    case .hour: 3600 * count
    case .day: NaiveTime.day * count + 3600
    case .week: 7 * NaiveTime.day * count + 3600
    case .month: 31 * NaiveTime.day * count + 3600
    case .year: 366 * NaiveTime.day * count + 3600
    }
  }

  /// No more seconds than it ever has.
  var shortest: Int {
    switch unit {
    case .minute: 60 * count
    case .hour: 3600 * count
    case .day: NaiveTime.day * count - 3600
    case .week: 7 * NaiveTime.day * count - 3600
    case .month: 28 * NaiveTime.day * count - 3600
    case .year: 365 * NaiveTime.day * count - 3600
    }
  }
}

enum SimWhen: Hashable {
  case insert
  /// Of any column where the list is empty.
  case update([SimColumn])
  case delete
  case on(SimColumn)
  case before(SimSpan, SimColumn)
  case after(SimSpan, SimColumn)
  case every(SimSpan, SimColumn)
  case everyYearOn(SimColumn)

  var isDated: Bool {
    switch self {
    case .insert, .update, .delete: false
    case .on, .before, .after, .every, .everyYearOn: true
    }
  }

  var text: String {
    switch self {
    case .insert: "insert"
    case .update(let columns):
      columns.isEmpty
        ? "update" : "update of " + columns.map(\.rawValue).joined(separator: ", ")
    case .delete: "delete"
    case .on(let column): "on \(column.rawValue)"
    case .before(let span, let column): "\(span.text) before \(column.rawValue)"
    case .after(let span, let column): "\(span.text) after \(column.rawValue)"
    case .every(let span, let column): "every \(span.text) after \(column.rawValue)"
    case .everyYearOn(let column): "every year on \(column.rawValue)"
    }
  }
}

/// A name, and how often it was changed; what was sent under a former one stays sent.
enum SimName {
  static func text(_ name: String, _ renamings: Int) -> String {
    renamings == 0 ? name : "\(name)-v\(renamings)"
  }

  /// The line that names the former ones; nil if there are none.
  static func was(_ name: String, _ renamings: Int) -> String? {
    if renamings == 0 { return nil }
    return "was: [\((0..<renamings).map { text(name, $0) }.joined(separator: ", "))]"
  }

  /// The first name of what has this name now.
  static func first(of text: String) -> String {
    String(text.prefix { $0 != "-" })
  }
}

struct SimStep: Hashable {
  /// Its first name, by which the model knows it.
  let name: String
  var renamings = 0
  let when: SimWhen
  /// In minutes since midnight.
  var at: Int?
  var late: SimSpan?
  var condition: SimCondition?
  var isService: Bool
  /// Channels in the order in which each leg tries them.
  let legs: [[String]]

  var yaml: String {
    var lines = ["when: \(when.text)" + (at.map { " at \(NaiveTime.clock($0 * 60))" } ?? "")]
    lines.append("name: \(SimName.text(name, renamings))")
    lines += [SimName.was(name, renamings)].compactMap(\.self)
    lines.append("template: \(name)")
    lines.append("class: \(isService ? "service" : "care")")
    if let late { lines.append("late: skip after \(late.text)") }
    if let condition { lines.append("if: \(condition.sql)") }
    let routes = legs.map { $0.joined(separator: " else ") }
    lines.append("send: [\(routes.joined(separator: ", "))]")
    return "      - " + lines.joined(separator: "\n        ") + "\n"
  }
}

struct SimRule: Hashable {
  /// Its first name, by which the model knows it.
  let name: String
  var renamings = 0
  var condition: SimCondition?
  var steps: [SimStep]

  var yaml: String {
    let was = SimName.was(name, renamings).map { "    \($0)\n" } ?? ""
    let head = "  - name: \(SimName.text(name, renamings))\n\(was)    watch: customers\n"
    let condition = condition.map { "    if: \($0.sql)\n" } ?? ""
    return head + condition + "    steps:\n" + steps.map(\.yaml).joined()
  }
}

/// What a configuration says, as far as it changes in a story.
struct SimConfiguration: Hashable {
  var rules: [SimRule]
  /// In minutes since midnight; it passes midnight.
  var quietFrom: Int?
  var quietTo: Int

  static let channels = ["email", "post"]
  static let company = Home.shanghai
  static let defaultTime = 9 * 60

  func yaml(folder: String) -> String {
    let quiet = quietFrom.map {
      "quiet hours: \(NaiveTime.clock($0 * 60))-\(NaiveTime.clock(quietTo * 60))\n"
    }
    return """
      timezone: \(SimConfiguration.company.rawValue)
      delivery: live
      state: \(folder)/state
      socket: \(folder)/control.sock
      sources:
        crm: { url: "sqlite://\(folder)/crm.db" }
      watches:
        customers: { source: crm, table: customers, key: id, changes: snapshot }
      customers:
        watch: customers
        if: blocked = 0
        name: name
        email: email
        timezone: tz
      channels:
        email: { type: maildir, path: \(folder)/mail, concurrency: 1 }
        post: { type: maildir, path: \(folder)/post, concurrency: 1 }
      \(quiet ?? "")
      """
  }

  var rulesYAML: String { "rules:\n" + rules.map(\.yaml).joined() }
}
