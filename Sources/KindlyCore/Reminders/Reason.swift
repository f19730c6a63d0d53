/// Why a reminder waits, is skipped, cancelled or failed: a closed list, stored by number.
///
/// The schema's CHECK gives each state a band of numbers: a new reason takes a free number of its state's band.
package enum Reason: Int, Hashable, Sendable, CaseIterable, Codable {
  // Waiting: goes by itself when the cause is gone.
  case quietHours = 1
  case sendHours = 2
  case atMost = 3
  /// Its rule would send too many reminders on that day, and no person has released them.
  case fuse = 4
  case paused = 5
  case channelDown = 6
  case sourceUnreachable = 7
  case ruleAbsentWaiting = 8
  case templateError = 9
  case channelMisconfigured = 10
  case massChange = 11
  case clock = 12
  /// A row or an address that is missing now may be back in a moment.
  case rowMissing = 13
  case addressMissing = 14
  /// The channel asked to be tried again later.
  case retry = 15
  /// The rule's own SQL fails; only this rule stops until it is fixed.
  case ruleError = 16
  /// More is due than the channel's rate lets through.
  case channelBusy = 17
  /// The customer's address cannot be one; the reminder goes when a person has corrected the row.
  case addressInvalid = 18
  /// The server refused the recipient once, which may be the server's own fault, so the recipient is asked for again.
  case recipientRefused = 19
  /// The row cannot be read, is not the only one of its key, or may be on a line of a file that cannot be read.
  case rowInDoubt = 20
  /// The row's customer is not in the directory; the reminder goes when a person or an import adds them.
  case customerMissing = 21
  /// The directory's rows lack a column that `customers:` names.
  case columnMissing = 22
  /// The row or the rule now gives the reminder a later time.
  case dueLater = 23
  /// The channel before it in the route did not send the reminder, so the next one does.
  case nextChannel = 24
  /// The recipient's mail domain turns everyone away, while the channel works for others.
  case destinationDown = 25
  /// It follows a message that was sent, and only if that one stays unread.
  case unread = 26
  /// Its recipient is unknown: a customer without an owner, or a colleague who is not there. It goes when a person has
  /// corrected that.
  case recipientMissing = 27
  /// It waits for its digest, which sends it together with other reminders of its recipient.
  case digest = 28

  // Skipped: nothing was wrong, but it is better not sent.
  case tooLate = 31
  case superseded = 32
  case beforeActivation = 33
  case noAddress = 34
  case suppressed = 35
  case noConsent = 36
  case samePerson = 37
  case holdOut = 38
  case unless = 39
  /// Nobody corrected the address while the reminder was useful.
  case invalidAddress = 40
  /// Nobody added the customer to the directory while the reminder was useful.
  case noCustomer = 41
  /// The message that it would have followed was read, or the task whose card it carries was done.
  case read = 42
  /// Nobody corrected the recipient while the reminder was useful.
  case noRecipient = 43
  /// The customer answered a message about the same row.
  case replied = 44

  // Cancelled: the data, the rules or a person took it back.
  case condition = 51
  case rowGone = 52
  case rowIsBack = 53
  case dateMoved = 54
  case ruleAbsent = 55
  case droppedByPerson = 56

  // Failed: it was tried without success.
  case rejected = 71
  case unresolved = 72
  case uselessByNow = 73

  /// The state that this reason belongs to.
  package var state: ReminderState {
    switch self {
    case .quietHours, .sendHours, .atMost, .fuse, .paused, .channelDown, .sourceUnreachable,
      .ruleAbsentWaiting, .templateError, .channelMisconfigured, .massChange, .clock, .rowMissing,
      .addressMissing, .retry, .ruleError, .channelBusy, .addressInvalid, .recipientRefused,
      .rowInDoubt, .customerMissing, .columnMissing, .dueLater, .nextChannel, .destinationDown,
      .unread, .recipientMissing, .digest:
      .waiting
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied:
      .skipped
    case .condition, .rowGone, .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson: .cancelled
    case .rejected, .unresolved, .uselessByNow: .failed
    }
  }

  /// The reason as people read and type it.
  package var words: String {
    switch self {
    case .quietHours: "quiet hours"
    case .sendHours: "send hours"
    case .atMost: "at most"
    case .fuse: "fuse"
    case .paused: "paused"
    case .channelDown: "channel down"
    case .sourceUnreachable: "source unreachable"
    case .ruleAbsentWaiting: "rule absent"
    case .templateError: "template error"
    case .channelMisconfigured: "channel misconfigured"
    case .massChange: "mass change"
    case .clock: "clock"
    case .rowMissing: "row missing"
    case .addressMissing: "address missing"
    case .retry: "retry"
    case .ruleError: "rule error"
    case .channelBusy: "channel busy"
    case .addressInvalid, .invalidAddress: "invalid address"
    case .recipientRefused: "refusal in doubt"
    case .rowInDoubt: "row in doubt"
    case .customerMissing: "customer missing"
    case .recipientMissing: "recipient missing"
    case .columnMissing: "column missing"
    case .dueLater: "due later"
    case .nextChannel: "next channel"
    case .destinationDown: "destination down"
    case .unread: "unread"
    case .digest: "digest"
    case .tooLate: "too late"
    case .superseded: "superseded"
    case .beforeActivation: "before activation"
    case .noAddress: "no address"
    case .noCustomer: "no customer"
    case .noRecipient: "no recipient"
    case .read: "read"
    case .replied: "replied"
    case .suppressed: "suppressed"
    case .noConsent: "no consent"
    case .samePerson: "same person"
    case .holdOut: "hold-out"
    case .unless: "unless"
    case .condition: "condition"
    case .rowGone: "row gone"
    case .rowIsBack: "row is back"
    case .dateMoved: "date moved"
    case .ruleAbsent: "rule absent"
    case .droppedByPerson: "dropped by a person"
    case .rejected: "rejected"
    case .unresolved: "unresolved"
    case .uselessByNow: "useless by now"
    }
  }

  /// Whether a reminder can only get this reason after its row and condition were found right.
  package var followsRecheck: Bool {
    switch self {
    case .quietHours, .sendHours, .atMost, .fuse, .channelDown, .templateError,
      .channelMisconfigured, .massChange, .addressMissing, .addressInvalid, .channelBusy, .retry,
      .recipientRefused, .customerMissing, .recipientMissing, .nextChannel, .destinationDown,
      .digest:
      true
    case .paused, .sourceUnreachable, .ruleAbsentWaiting, .clock, .rowMissing, .ruleError,
      .rowInDoubt, .columnMissing, .dueLater, .unread:
      false
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied,
      .condition,
      .rowGone,
      .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson, .rejected, .unresolved, .uselessByNow:
      false
    }
  }

  /// Whether a reminder can only get this reason after the fuse of its rule has let it pass.
  ///
  /// A paused rule's reminders wait as `paused` before anything is checked.
  package var followsFuse: Bool {
    switch self {
    case .quietHours, .sendHours, .channelDown, .destinationDown, .channelBusy, .templateError,
      .channelMisconfigured, .retry, .nextChannel, .digest:
      true
    case .atMost, .fuse, .paused, .sourceUnreachable, .ruleAbsentWaiting, .massChange, .clock,
      .rowMissing, .addressMissing, .ruleError, .addressInvalid, .recipientRefused, .rowInDoubt,
      .customerMissing, .columnMissing, .dueLater, .unread, .recipientMissing:
      false
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied,
      .condition, .rowGone, .rowIsBack, .dateMoved, .ruleAbsent, .droppedByPerson, .rejected,
      .unresolved, .uselessByNow:
      false
    }
  }

  /// The reasons that follow the fuse.
  package static let followingFuse = allCases.filter(\.followsFuse)

  /// Whether the word is kept for a later version, so that no reminder has it yet.
  package var isReserved: Bool { Reason.reserved.contains(self) }

  private static let reserved: Set<Reason> = [
    .atMost, .clock, .beforeActivation, .noConsent, .samePerson, .holdOut,
  ]

  /// The reasons that reminders can have.
  package static let given = allCases.filter { !$0.isReserved }

  /// Whether the customer's data or the rules took the reminder back, so that it may be revived.
  package var isByData: Bool {
    switch self {
    case .condition, .rowGone, .rowIsBack, .dateMoved, .ruleAbsent: true
    case .droppedByPerson: false
    case .quietHours, .sendHours, .atMost, .fuse, .paused, .channelDown, .sourceUnreachable,
      .ruleAbsentWaiting, .templateError, .channelMisconfigured, .massChange, .clock, .rowMissing,
      .addressMissing, .retry, .ruleError, .channelBusy, .addressInvalid, .recipientRefused,
      .rowInDoubt, .customerMissing, .columnMissing, .dueLater, .nextChannel, .destinationDown,
      .unread, .recipientMissing, .digest:
      false
    case .tooLate, .superseded, .beforeActivation, .noAddress, .suppressed, .noConsent,
      .samePerson, .holdOut, .unless, .invalidAddress, .noCustomer, .read, .noRecipient, .replied,
      .rejected, .unresolved, .uselessByNow:
      false
    }
  }

  /// The reasons by which data or rules cancel a reminder.
  package static let byData = allCases.filter(\.isByData)
}

/// Where a reminder is on its way; stored by number, and the schema's CHECK repeats the numbers.
package enum ReminderState: Int, Hashable, Sendable, CaseIterable {
  case waiting = 0
  case claimed = 1
  case sending = 2
  case uncertain = 3
  case sent = 4
  case skipped = 5
  case cancelled = 6
  case failed = 7

  package var isFinal: Bool {
    switch self {
    case .waiting, .claimed, .sending, .uncertain: false
    case .sent, .skipped, .cancelled, .failed: true
    }
  }

  package var word: String {
    switch self {
    case .waiting: "waiting"
    case .claimed: "claimed"
    case .sending: "sending"
    case .uncertain: "uncertain"
    case .sent: "sent"
    case .skipped: "skipped"
    case .cancelled: "cancelled"
    case .failed: "failed"
    }
  }

  package init?(word: String) {
    guard let found = ReminderState.allCases.first(where: { $0.word == word }) else { return nil }
    self = found
  }
}
