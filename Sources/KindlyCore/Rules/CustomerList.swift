/// A named query about one customer, whose rows colleagues see with a task: `show: [recent orders]`.
package struct CustomerList: Hashable, Sendable {
  package let name: String
  /// The source that is asked; it need not be the one that has the customers.
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

  /// The same list wherever it is written.
  package var withoutPlace: CustomerList {
    CustomerList(name: name, source: source, query: query)
  }

  /// The placeholder for the customer's key, without its colon.
  package static let placeholder = "customer"

  /// Nobody reads more rows on a card.
  package static let mostRows = 50
  /// More columns fit on no screen.
  package static let mostColumns = 20
  /// The longest text in a cell, in Unicode scalars; a note that is longer is cut off.
  package static let longestCell = 200
  /// The most bytes of one list, so that all lists of a card fit into a message.
  package static let mostBytes = 32 * 1024
  /// More lists are better written as a view that joins them.
  package static let mostShown = 5

  /// What to do about a query that was stopped because it took too long.
  package static let slowAdvice =
    "make sure that it finishes and uses indexes, such as one on the customer's column"
}

/// Asks for the rows of a list.
package struct ListQuestion: Hashable, Sendable {
  package let list: CustomerList
  /// The customer; nil for nobody, which finds the columns alone.
  package let customer: RowKey?
  package let clock: QueryClock

  package init(list: CustomerList, customer: RowKey?, clock: QueryClock) {
    self.list = list
    self.customer = customer
    self.clock = clock
  }
}

/// The rows of a list as a source gives them.
package struct ListAnswer: Hashable, Sendable {
  package let columns: [String]
  /// At most one more than `CustomerList.mostRows`.
  package let rows: [[Value]]

  package init(columns: [String], rows: [[Value]]) {
    self.columns = columns
    self.rows = rows
  }
}

/// The rows of a list as people read them, or why there are none.
package struct ShownList: Hashable, Sendable, Codable {
  package let name: String
  package let columns: [String]
  package let rows: [[String]]
  /// Whether the query found more rows than are shown.
  package let hasMore: Bool
  /// Why the list could not be read; nil if it was.
  package let fault: String?

  /// What stands for a secret.
  package static let hidden = "•••"

  /// A list that could not be read, with the reason in words for colleagues.
  package init(_ name: String, fault: String) {
    self.name = name
    columns = []
    rows = []
    hasMore = false
    self.fault = fault
  }

  /// The rows that were found, each on one line and bounded in its length.
  ///
  /// - Parameters:
  ///   - secretColumns: the columns of customers that are never shown.
  ///   - secrets: the customer's own secrets, which are not shown under any other name either.
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

  /// Whether there is nothing to read in it.
  package var isEmpty: Bool { rows.isEmpty && fault == nil }

  /// The lines below the rows: why there are none, or that there are more.
  package var remark: String? {
    if let fault { return "could not be read: \(fault)" }
    if rows.isEmpty { return "no rows" }
    return hasMore ? "only the first \(rows.count) rows are shown" : nil
  }

  /// The list as plain text, in the form that tables of letters have in plain text.
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

  /// A shorter secret may be part of any text, so it is only hidden where it stands alone.
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
