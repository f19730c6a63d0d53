/// Whom a directory describes.
package enum PeopleKind: String, Hashable, Sendable, Codable {
  case customers
  case colleagues

  /// A key that nobody of the other kind has: a colleague's begins with the word.
  package func distinct(_ key: RowKey) -> RowKey {
    switch self {
    case .customers: key
    case .colleagues: RowKey(words(of: key))
    }
  }

  /// Somebody as people name them: `customer 7`, `team service`.
  package func words(of key: RowKey) -> String {
    let name = key.description
    return Team.isKey(key) || name.utf8.contains(UInt8(ascii: "@")) || name.hasPrefix("+")
      ? name : "\(one) \(name)"
  }

  /// One of them: `customer`.
  package var one: String {
    switch self {
    case .customers: "customer"
    case .colleagues: "colleague"
    }
  }
}
