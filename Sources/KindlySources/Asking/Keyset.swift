import KindlyCore

/// Pages by key, with one statement for each way of being greater than a place.
///
/// For the place (a, b) these are `x = a AND y > b` and then `x > a`. Each uses an index on (x, y), unlike a row-value
/// comparison with a collation. Run one after the other, they return the rows in order.
enum Keyset {
  struct Segment {
    let condition: String
    let parameters: [String: Value]
  }

  /// The segments of the rows whose columns are greater than the values, in rising order.
  static func segments<Dialect>(
    of columns: [WatchColumn<Dialect>], after values: [Value]
  ) -> [Segment] {
    columns.indices.reversed().map { last in
      var terms: [String] = []
      var parameters: [String: Value] = [:]
      for index in 0...last {
        let column = columns[index]
        let sign = index == last ? ">" : "="
        terms.append("\(column.ordered) \(sign) \(Dialect.place(":kindly_\(index)", column.type))")
        parameters["kindly_\(index)"] = values[index]
      }
      return Segment(condition: terms.joined(separator: " AND "), parameters: parameters)
    }
  }
}
