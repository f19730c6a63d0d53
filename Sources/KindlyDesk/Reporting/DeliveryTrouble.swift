import KindlyCore

/// Failed letters of the last 24 hours, if there are too many to be explained by single customers.
struct DeliveryTrouble {
  let failed: Int
  let suppressed: Int
  let sent: Int
  /// The channels over which most failed, with their counts.
  let failedByChannel: [ExactText: Int]

  /// One or two bad addresses are ordinary; from this number on a share is worth a look.
  private static let fewest = 3
  /// One in ten: a list of customers that was looked after has far fewer bad addresses.
  private static let share = 10
  /// This many are reported whatever their share.
  private static let many = 100

  init(_ status: LedgerStatus) {
    failed = status.decided[.failed] ?? 0
    suppressed = status.decidedByReason[.suppressed] ?? 0
    sent = status.decided[.sent] ?? 0
    failedByChannel = status.failedByChannel
  }

  /// What should be looked at, a sentence each.
  var texts: [String] {
    var texts: [String] = []
    if isMuch(failed) {
      let channels = failedByChannel.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      texts.append(
        "\(counted(failed, "reminder")) failed in 24 h (\(channels)), \(sent) sent; see `kindly outbox list --state failed --since 1d`"
      )
    }
    if isMuch(suppressed) {
      texts.append(
        "\(counted(suppressed, "reminder")) skipped in 24 h because the address is suppressed, \(sent) sent; see `kindly suppression list`"
      )
    }
    return texts
  }

  private func isMuch(_ count: Int) -> Bool {
    count >= DeliveryTrouble.many
      || (count >= DeliveryTrouble.fewest && count * DeliveryTrouble.share > sent + count)
  }
}
