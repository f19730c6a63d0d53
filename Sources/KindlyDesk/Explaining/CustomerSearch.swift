import KindlyConfig
package import KindlyCore
import KindlyDaemon

/// Finds the customer that a person means, and the rows that are about a customer.
package struct CustomerSearch {
  package let inquiry: CustomerInquiry
  /// How many rows of a watch are asked for.
  package let mostRows: Int

  package init(inquiry: CustomerInquiry, mostRows: Int = CustomerSearch.few) {
    self.inquiry = inquiry
    self.mostRows = mostRows
  }

  /// More rows of one customer than a person reads about.
  package static let few = 20
  /// Each row costs a question to its source.
  package static let all = 1000

  /// The customers who have this address, of whatever kind; nil where there is no directory to look it up in.
  package func keys(ofAddress address: String) async throws -> [RowKey]? {
    guard let directory = inquiry.configuration.customers,
      let watch = inquiry.configuration.watch(named: directory.watch)
    else { return nil }
    var keys: Set<RowKey> = []
    for column in directory.addresses.map(\.column) {
      let rows = try await inquiry.source(of: watch).find(
        in: watch, column: column, equals: address, limit: mostRows)
      keys.formUnion(rows.map(\.key))
    }
    return keys.sorted()
  }

  /// The rows of a watch that are about a customer. If the watch is the customers' own, the key is returned even if the
  /// row is absent; a watch about nobody has none.
  package func rows(of watch: Watch, about customer: RowKey) async throws -> [RowKey] {
    guard let column = watch.customerColumn else {
      return watch.about == .itself ? [customer] : []
    }
    let rows = try await inquiry.source(of: watch)
      .find(
        in: watch, column: column, equals: customer.columns.first ?? "",
        limit: mostRows)
    // A row may spell the customer's key differently than the directory; the database tells which spellings are equal.
    let others = Set(rows.compactMap(\.customer)).subtracting([customer])
    let named = try await inquiry.customers(others).filter { $0.value.person.key == customer }
    return rows.filter { row in
      row.customer.map { $0 == customer || named[$0] != nil } ?? false
    }
    .map(\.key)
  }
}
