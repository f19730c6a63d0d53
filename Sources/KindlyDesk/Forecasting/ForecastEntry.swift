package import KindlyCore

/// One reminder that is to come, as everything stands now.
package struct ForecastEntry: Sendable {
  /// What becomes of it.
  package enum Fate: Hashable, Sendable {
    case leaves(Instant, channel: String)
    /// It is not sent: it waits for this reason until it is of no use, or ends for it.
    case stays(Reason)
  }

  package let rule: String
  package let step: String
  package let leg: Int
  package let key: RowKey
  package let cycle: Cycle
  package let customer: RowKey?
  /// Whom it goes to, if that is not the customer; nil also if nobody was found.
  package let recipient: RowKey?
  package let due: Instant
  /// The recipient's language; nil where they have none.
  package let language: String?
  package var fate: Fate
  /// How large the message is; nil where its channel does not bill by size, or nobody asked.
  package var size: MessageSize?

  /// When it leaves, or is due where it does not.
  package var time: Instant {
    switch fate {
    case .leaves(let time, _): time
    case .stays: due
    }
  }
}

/// A reminder that may leave: planned already, or found in a row.
struct OpenReminder {
  let leg: Int
  let key: RowKey
  let cycle: Cycle
  let customer: RowKey?
  let due: Instant
  let useUntil: Instant
  /// When it is processed next.
  let next: Instant
  let routePosition: Int
  /// The channel that sent the message that it follows, which it never takes; nil if it follows none.
  var sender: String?
  /// Whether the fuse of its rule holds it.
  let isFused: Bool
}
