/// The place of the last message that a page read; the next page begins after it.
package struct AnnouncementPlace: Hashable, Sendable {
  package let until: Instant
  package let reminder: Int64

  package init(until: Instant, reminder: Int64) {
    self.until = until
    self.reminder = reminder
  }
}

/// A page of the rows about which messages told a date that is still ahead.
package struct AnnouncementPage: Hashable, Sendable {
  /// Each key once, in rising order.
  package let keys: [RowKey]
  package let next: AnnouncementPlace?

  package init(keys: [RowKey], next: AnnouncementPlace?) {
    self.keys = keys
    self.next = next
  }
}

/// The ledger as the search for moved dates sees it.
package protocol AnnouncingLedger: Sendable {
  /// The rows about which a step's sent messages told a date that is still ahead: the page after `place`, soonest
  /// first.
  func announcedRows(
    rule: String, step: String, after place: AnnouncementPlace, limit: Int
  ) async throws -> AnnouncementPage
}
