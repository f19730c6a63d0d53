/// Where the messages ended that told dates still ahead and were read last.
package struct AnnouncementPlace: Hashable, Sendable {
  package let until: Instant
  package let reminder: Int64

  package init(until: Instant, reminder: Int64) {
    self.until = until
    self.reminder = reminder
  }
}

/// The rows about which messages told dates still ahead, a page of them.
package struct AnnouncementPage: Hashable, Sendable {
  /// Each key once, in rising order.
  package let keys: [RowKey]
  package let next: AnnouncementPlace?

  package init(keys: [RowKey], next: AnnouncementPlace?) {
    self.keys = keys
    self.next = next
  }
}

/// The ledger as those see it who look for dates that moved after they were told.
package protocol AnnouncingLedger: Sendable {
  /// The rows about which a step's messages were sent that told a date still ahead after a place, soonest first.
  func announcedRows(
    rule: String, step: String, after place: AnnouncementPlace, limit: Int
  ) async throws -> AnnouncementPage
}
