import KindlyCore

/// A row to insert, as it is stored until its outcome is known.
///
/// The columns may change before the row is inserted, so each value is stored with the name of its column.
struct TableRow: Hashable, Codable, Sendable {
  /// The names of the columns behind the id; nil in a stored row that has its values alone.
  let columns: [String]?
  /// The id, and a value for each column.
  let values: [String?]

  /// The id and the values in the order of some columns; nil if the row is not of exactly these columns.
  func values(inOrderOf wanted: [String]) -> [String?]? {
    guard values.count == wanted.count + 1 else { return nil }
    guard let columns else { return values }
    let places = wanted.compactMap { name in columns.firstIndex { $0.isExactly(name) } }
    guard columns.count == wanted.count, Set(places).count == wanted.count else { return nil }
    return [values[0]] + places.map { values[$0 + 1] }
  }
}

extension TableRow {
  /// The row in a payload; nil if another channel type made it.
  init?(_ payload: Payload) {
    if let row = PayloadJSON.value(TableRow.self, from: payload) {
      self = row
    } else if let values = PayloadJSON.value([String?].self, from: payload) {
      self.init(columns: nil, values: values)
    } else {
      return nil
    }
  }
}
