package import KindlyCore

extension SQLiteLedgerReader {
  package func lineages(
    of keys: [RowKey], in view: LedgerView
  ) async throws -> [RowKey: Lineage] {
    try await read { db in
      let table = try LineageTable(db, view)
      return try Dictionary(
        uniqueKeysWithValues: Set(keys).map { ($0, try table.lineage(of: $0)) })
    }
  }
}
