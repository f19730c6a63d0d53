import KindlyCore

/// Finds keys that several rows have in different forms.
///
/// SQLite keeps 7 and '7' apart in a column without a type, and both are the key 7. A sweep meets such rows far from each
/// other, because all numbers come before all texts.
struct KeyTwins<Reader: EngineReader> {
  private typealias Dialect = Reader.Dialect

  private let shape: WatchShape<Reader.Dialect>
  private let reader: Reader
  /// The key columns that may hold numbers and texts.
  private let loose: [Int]

  /// Nil where the types of the key columns allow one form alone.
  init?(_ shape: WatchShape<Reader.Dialect>, _ reader: Reader) {
    loose = shape.key.indices.filter {
      Dialect.forms(shape.key[$0].this, shape.key[$0].type) != nil
    }
    guard !loose.isEmpty else { return nil }
    self.shape = shape
    self.reader = reader
  }

  /// Gives `body` the key of each row that has one of the keys, in whatever form.
  static func eachRow(
    of keys: [RowKey], in shape: WatchShape<Reader.Dialect>, by reader: Reader,
    _ body: (SortKey) -> Void
  ) throws {
    for start in stride(from: 0, to: keys.count, by: RowQuestion.mostKeys) {
      let part = Array(keys[start..<min(start + RowQuestion.mostKeys, keys.count)])
      try reader.each(
        """
        SELECT \(shape.keyList)
        FROM \(shape.relation) AS this
        WHERE \(KeyList<Reader.Dialect>.condition(in: shape))
        """, ["kindly_keys": .text(KeyList<Reader.Dialect>.json(of: part, in: shape))]
      ) { row in
        if let key = shape.sortKey(row) { body(key) }
        return true
      }
    }
  }

  /// Those of the keys that rows have in another form, too.
  func find(among keys: [SortKey]) throws -> Set<SortKey> {
    let doubtful = try doubtful(among: keys).compactMap(\.rowKey)
    var found: [RowKey: Set<SortKey>] = [:]
    try KeyTwins.eachRow(of: doubtful, in: shape, by: reader) { form in
      if let key = form.rowKey { found[key, default: []].insert(form) }
    }
    return Set(found.values.filter { $0.count > 1 }.joined())
  }

  /// The keys that may have another form: mostly none, because a column mostly holds one kind of values.
  private func doubtful(among keys: [SortKey]) throws -> Set<SortKey> {
    var doubtful: Set<SortKey> = []
    let columns = keys.map { (key: $0, values: $0.columns) }
    for index in loose {
      let column = shape.key[index]
      guard let forms = Dialect.forms(column.this, column.type) else { continue }
      let convertible = columns.filter {
        $0.values.indices.contains(index)
          && Dialect.literals(of: $0.values[index].text, as: column.type).count > 1
      }
      let texts = convertible.filter { $0.values[index].isText }
      let numbers = convertible.filter { !$0.values[index].isText }
      if !texts.isEmpty, try isThere(forms.number) { doubtful.formUnion(texts.map(\.key)) }
      if !numbers.isEmpty, try isThere(forms.text) { doubtful.formUnion(numbers.map(\.key)) }
    }
    return doubtful
  }

  private func isThere(_ condition: String) throws -> Bool {
    try reader.value(
      Dialect.first(1, of: "SELECT 1 FROM \(shape.relation) AS this WHERE \(condition)")) != nil
  }
}

extension KeyedRows<SourceRow> {
  /// Refuses the rows whose keys others have in another form.
  mutating func refuseTwins<Reader: EngineReader>(
    in shape: WatchShape<Reader.Dialect>, by reader: Reader
  ) throws {
    guard let twins = KeyTwins(shape, reader) else { return }
    refuse(try twins.find(among: rows.map(\.key)), key: \.key)
  }

  /// Refuses the rows whose keys other rows have, wherever these are in the order of the slice.
  mutating func refuseShared<Reader: EngineReader>(
    in shape: WatchShape<Reader.Dialect>, by reader: Reader
  ) throws {
    let keys = rows.compactMap(\.key.rowKey)
    var copies: [SortKey: Int] = [:]
    try KeyTwins.eachRow(of: keys, in: shape, by: reader) { copies[$0, default: 0] += 1 }
    refuse(Set(copies.filter { $0.value > 1 }.keys), key: \.key)
  }
}

extension Value {
  fileprivate var isText: Bool {
    switch self {
    case .text: true
    case .null, .integer, .real, .blob: false
    }
  }
}
