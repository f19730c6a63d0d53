/// A named query about one customer, whose rows colleagues see with a task: `show: [recent orders]`.
package struct CustomerList: Hashable, Sendable {
  package let name: String
  /// The source to query; it need not be the source of the customers.
  package let source: String
  /// A SELECT in the dialect of the source, in which `:customer` stands for the customer's key.
  package let query: String
  package let place: Place

  package init(name: String, source: String, query: String, place: Place = .unknown) {
    self.name = name
    self.source = source
    self.query = query
    self.place = place
  }

  /// The same list without its place in the file.
  package var withoutPlace: CustomerList {
    CustomerList(name: name, source: source, query: query)
  }

  /// The placeholder for the customer's key, without its colon.
  package static let placeholder = "customer"

  /// The most rows on a card; nobody reads more.
  package static let mostRows = 50
  /// The most columns on a card; no screen has room for more.
  package static let mostColumns = 20
  /// The longest text in a cell, in Unicode scalars; longer text is cut off.
  package static let longestCell = 200
  /// The most bytes of one list, so that all lists of a card fit into a message.
  package static let mostBytes = 32 * 1024
  /// The most lists of a step; beyond that, a view that joins tables is better.
  package static let mostShown = 5

  /// Advice for a query that was stopped because it took too long.
  package static let slowAdvice =
    "make sure that it finishes and uses indexes, such as one on the customer's column"
}

/// Asks for the rows of a list.
package struct ListQuestion: Hashable, Sendable {
  package let list: CustomerList
  /// The customer; nil to find only the columns.
  package let customer: RowKey?
  package let clock: QueryClock

  package init(list: CustomerList, customer: RowKey?, clock: QueryClock) {
    self.list = list
    self.customer = customer
    self.clock = clock
  }
}

/// The rows of a list as the source returns them.
package struct ListAnswer: Hashable, Sendable {
  package let columns: [String]
  /// At most one more than `CustomerList.mostRows`.
  package let rows: [[Value]]

  package init(columns: [String], rows: [[Value]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// The rows of a list as people read them, or the reason why there are none.
package struct ShownList: Hashable, Sendable, Codable {
  package let name: String
  package let columns: [String]
  package let rows: [[String]]
  /// Whether the query found more rows than are shown.
  package let hasMore: Bool
  /// Why the list could not be read; nil if it was.
  package let fault: String?

  /// The text shown in place of a secret.
  package static let hidden = "•••"

  /// A list that could not be read, with the reason in words for colleagues.
  package init(_ name: String, fault: String) {
    self.name = name
    columns = []
    rows = []
    hasMore = false
    self.fault = fault
  }

  /// The rows that were found, with each value on one line and cut to a maximum length.
  ///
  /// - Parameters:
  ///   - secretColumns: the customer columns that are never shown.
  ///   - secrets: the customer's secret values, which are hidden in every other column too.
  package init(
    _ name: String, _ answer: ListAnswer, secretColumns: [String] = [], secrets: [Secret] = []
  ) {
    self.name = name
    fault = nil
    let mask = ListMask(secretColumns, secrets)
    let width = min(answer.columns.count, CustomerList.mostColumns)
    columns = answer.columns.prefix(width).map(ShownList.cell)
    var rows: [[String]] = []
    var bytes = columns.reduce(0) { $0 + $1.utf8.count }
    for values in answer.rows.prefix(CustomerList.mostRows) {
      let cells = zip(answer.columns, values).prefix(width).map { column, value in
        ShownList.cell(mask.shown(value.text, in: column))
      }
      bytes += cells.reduce(0) { $0 + $1.utf8.count }
      guard bytes <= CustomerList.mostBytes else { break }
      rows.append(cells)
    }
    self.rows = rows
    hasMore = rows.count < answer.rows.count
  }

  /// Whether there is nothing to show.
  package var isEmpty: Bool { rows.isEmpty && fault == nil }

  /// The remark below the rows: why there are none, or that there are more.
  package var remark: String? {
    if let fault { return "could not be read: \(fault)" }
    if rows.isEmpty { return "no rows" }
    return hasMore ? "only the first \(rows.count) rows are shown" : nil
  }

  /// The list as plain text, in the same form as tables in the plain text of letters.
  package var text: String {
    let lines = rows.isEmpty ? [] : ([columns] + rows).map { $0.joined(separator: " | ") }
    return (lines + [remark.map { "(\($0))" }].compactMap(\.self)).joined(separator: "\n")
  }

  private static func cell(_ text: String) -> String {
    let line = OneLine.text(text).trimmed
    let scalars = line.unicodeScalars
    guard scalars.count > CustomerList.longestCell else { return line }
    return String(String.UnicodeScalarView(scalars.prefix(CustomerList.longestCell - 1))) + "…"
  }
}

/// Keeps the secrets of customers out of lists.
private struct ListMask {
  private let columns: Set<ExactText>
  private let secrets: [String]

  /// The shortest secret that is hidden inside other text; a shorter one could occur by chance, so it is hidden
  /// only if it is the whole value.
  private static let shortestPart = 4

  init(_ columns: [String], _ secrets: [Secret]) {
    self.columns = Set(columns.map(\.folded))
    self.secrets = secrets.map(\.exposed.trimmed).filter { !$0.isEmpty }
  }

  func shown(_ text: String, in column: String) -> String {
    guard !text.isEmpty else { return text }
    let isSecret =
      columns.contains(column.folded)
      || secrets.contains { secret in
        text.trimmed.isExactly(secret)
          || secret.unicodeScalars.count >= ListMask.shortestPart && text.contains(secret)
      }
    return isSecret ? ShownList.hidden : text
  }
}
