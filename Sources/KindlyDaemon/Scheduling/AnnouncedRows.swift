package import KindlyCore

extension AnnouncingLedger {
  /// Gives `body` the rows about which a step's sent messages told a date that is still ahead, a page at a time.
  /// The rule and the step have the names by which the ledger knows them.
  package func announcedRows(
    rule: String, step: String, now: Instant, _ body: ([RowKey]) async throws -> Void
  ) async throws {
    var place: AnnouncementPlace? = AnnouncementPlace(until: now, reminder: .max)
    while let after = place {
      try LongTurn.goOn()
      let page = try await announcedRows(
        rule: rule, step: step, after: after, limit: RowQuestion.mostKeys)
      if !page.keys.isEmpty { try await body(page.keys) }
      place = page.next
    }
  }
}
