/// When soft bounces add up to an address that does not work.
package enum SoftBounces {
  /// So many messages in a row must have bounced.
  package static let most = 5
  /// A full mailbox is often emptied after a holiday.
  package static let span = Duration.days(14)

  /// Whether an address is suppressed.
  ///
  /// - Parameter last: of the last messages to the address, the newest first, when each bounced; nil if it did not.
  package static func suppress(_ last: [Instant?]) -> Bool {
    let bounces = last.prefix(most).compactMap(\.self)
    guard bounces.count == most, let first = bounces.min(), let newest = bounces.max() else {
      return false
    }
    return newest - first >= span
  }
}
