package import KindlyCore

/// Reads customers from the directory's watch, many at once.
package struct CustomerLookup: Sendable {
  private let home: Home?
  private let clock: QueryClock

  /// The place where customers are stored.
  private struct Home: Sendable {
    let directory: CustomerDirectory
    let watch: Watch
    let source: any CustomerSource
  }

  /// A customer as the directory has them now, and whether the directory's `if` holds.
  package struct Entry: Sendable {
    package let customer: Person
    package let holds: Bool
    /// Why the directory's `if` could not be evaluated for this customer, or their row not be read.
    package let fault: SourceProblem?

    package init(customer: Person, holds: Bool, fault: SourceProblem? = nil) {
      self.customer = customer
      self.holds = holds
      self.fault = fault
    }
  }

  /// A lookup in a directory; without one, or without its watch or source, nobody is found.
  init(
    directory: CustomerDirectory?, watch: Watch?, source: (any CustomerSource)?, clock: QueryClock
  ) {
    if let directory, let watch, let source {
      home = Home(directory: directory, watch: watch, source: source)
    } else {
      home = nil
    }
    self.clock = clock
  }

  /// Finds the customers with the given keys. A key that is missing from the answer is not in the directory.
  ///
  /// A customer is found under every key that the database considers equal to theirs, and is returned with the key as
  /// the directory writes it.
  package func find(_ keys: Set<RowKey>) async throws(SourceProblem) -> [RowKey: Entry] {
    guard let home, !keys.isEmpty else { return [:] }
    var entries: [RowKey: Entry] = [:]
    let sorted = keys.sorted()
    for start in stride(from: 0, to: sorted.count, by: RowQuestion.mostKeys) {
      let slice = Array(sorted[start..<min(start + RowQuestion.mostKeys, sorted.count)])
      let rows = try await home.source.rows(
        RowQuestion(
          watch: home.watch, keys: slice,
          conditions: home.directory.condition.map { [$0] } ?? [], clock: clock))
      for (key, row) in rows {
        entries[key] = Entry(
          customer: home.directory.customer(key: row.key, row.values), holds: row.holds,
          fault: row.fault)
      }
    }
    return entries
  }

  /// The directory's spelling of customers' keys, for keys that it writes with different bytes.
  ///
  /// If the directory does not answer now, the row's own key is used; the customer is looked up again before anything
  /// is sent.
  func spellings(of keys: Set<RowKey>) async -> [RowKey: RowKey] {
    let doubtful = keys.filter(\.mayBeSpelledOtherwise)
    guard !doubtful.isEmpty else { return [:] }
    // It is told of when the customer is looked up to send something.
    guard let entries = try? await find(doubtful) else { return [:] }
    return entries.mapValues(\.customer.key).filter { $0.key != $0.value }
  }
}

extension RowKey {
  /// Whether a database may take another text for this key; digits are themselves in every collation.
  fileprivate var mayBeSpelledOtherwise: Bool {
    !columns.allSatisfy { column in
      column.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }
}

extension CustomerDirectory {
  /// The customer that a row of the directory's watch describes.
  package func customer(key: RowKey, _ row: RowValues) -> Person {
    func text(_ column: String?) -> String? {
      guard let column, let value = row.value(ofColumn: column) else { return nil }
      let text = value.text.trimmed
      return text.isEmpty ? nil : text
    }
    let hidden = Set(secret.map(\.folded))
    var values: RowValues = [:]
    var secrets: [ExactText: Secret] = [:]
    for (column, value) in row {
      if hidden.contains(column.folded) {
        secrets[column] = Secret(value.text)
      } else {
        values[column] = value
      }
    }
    let addresses = addresses.map { ($0.kind, text($0.column)?.trimmedOfInvisible ?? "") }
    let named = text(calendar).map { ExactText($0) }
    let chosen = calendars[named] == nil ? nil : named
    return Person(
      key: key, name: text(name) ?? "",
      addresses: Dictionary(addresses) { first, _ in first }, country: country,
      language: text(language), preference: text(preferred),
      zone: text(timezone).flatMap(Zone.reading),
      hasUnknownZone: text(timezone).map { Zone.reading($0) == nil } ?? false,
      calendar: chosen, hasUnknownCalendar: named != nil && chosen == nil, values: values,
      secrets: secrets)
  }
}
