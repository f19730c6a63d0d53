package import KindlyCore

/// Reads customers from the directory's watch, many at once.
struct CustomerLookup {
  let generation: Generation
  let now: Instant

  /// A customer as the directory has them now, and whether the directory's `if` holds.
  struct Entry: Sendable {
    let customer: Customer
    let holds: Bool
  }

  /// As many keys as a source answers at once.
  private static let batch = 500

  /// The customers of the given keys; who is missing from the answer is not in the directory.
  func find(_ keys: Set<RowKey>) async throws(SourceProblem) -> [RowKey: Entry] {
    guard let directory = generation.directory, !keys.isEmpty,
      let watch = generation.watches[directory.watch], let source = generation.source(of: watch)
    else { return [:] }
    var entries: [RowKey: Entry] = [:]
    let sorted = keys.sorted()
    for start in stride(from: 0, to: sorted.count, by: CustomerLookup.batch) {
      let slice = Array(sorted[start..<min(start + CustomerLookup.batch, sorted.count)])
      let rows = try await source.rows(
        RowQuestion(
          watch: watch, keys: slice, conditions: directory.condition.map { [$0] } ?? [],
          clock: generation.clock(at: now)))
      for (key, row) in rows {
        entries[key] = Entry(customer: directory.customer(key: key, row.values), holds: row.holds)
      }
    }
    return entries
  }
}

extension CustomerDirectory {
  /// The customer that a row of the directory's watch describes.
  package func customer(key: RowKey, _ row: RowValues) -> Customer {
    func text(_ column: String?) -> String? {
      guard let column, let value = row.value(ofColumn: column) else { return nil }
      let text = value.text.trimmed
      return text.isEmpty ? nil : text
    }
    let hidden = Set(secret.map { $0.lowercased() })
    var values: RowValues = [:]
    var secrets: [String: Secret] = [:]
    for (column, value) in row {
      if hidden.contains(column.lowercased()) {
        secrets[column] = Secret(value.text)
      } else {
        values[column] = value
      }
    }
    return Customer(
      key: key, name: text(name) ?? "", email: text(email), phone: text(phone),
      language: text(language), zone: text(timezone).flatMap(Zone.named), values: values,
      secrets: secrets)
  }
}
