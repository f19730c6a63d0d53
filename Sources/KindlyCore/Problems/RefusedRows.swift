/// Rows of a watch that no rule sees, because they have no key of their own or cannot be read.
package struct RefusedRows: Hashable, Sendable, Codable {
  /// How many have no valid key, or cannot be read.
  package let missing: Int
  /// How many have a key that another row has too.
  package let duplicate: Int
  /// The columns of the key.
  package let columns: [ExactText]
  /// The first few keys that rows share.
  package let shared: [RowKey]
  /// Where the first few of the other rows are, in the source's own words: `line 5 of customers.csv`.
  package let places: [String]

  package var count: Int { missing + duplicate }

  package init(_ refused: RefusedKeys, of watch: Watch, shared: [RowKey], places: [String]) {
    missing = refused.missing
    duplicate = refused.duplicate
    columns = watch.key.map { ExactText($0) }
    self.shared = shared
    self.places = places
  }

  /// Which rows they are, and what becomes of them.
  package var words: String {
    let key = columns.map(\.string).joined(separator: ", ")
    var parts: [String] = []
    if missing > 0 {
      parts.append("\(counted(missing, "row")) with no valid key (\(key)), or unreadable,")
    }
    if duplicate > 0 {
      parts.append("\(counted(duplicate, "row")) with a key (\(key)) that is not unique")
    }
    // Keys are told because they are ids; a file's lines too, because a row without a key has nothing else.
    let examples = shared.map { "key \($0)" } + places
    let outcome =
      count == 1 ? "fires no rule until it is fixed" : "fire no rule until they are fixed"
    return "\(parts.joined(separator: " and ")) \(outcome)"
      + (examples.isEmpty ? "" : ": \(examples.joined(separator: ", "))")
  }
}
