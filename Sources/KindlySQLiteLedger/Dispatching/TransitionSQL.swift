import KindlyCore

/// The moves of a held reminder. Parameters 1 to 4 are the reminder, its lease's owner and epoch, and now.
enum TransitionSQL {
  private static let isHeld = "id = ?1 AND owner = ?2 AND epoch = ?3"
  private static let areHeld =
    "id IN (SELECT value FROM json_each(?1)) AND owner = ?2 AND epoch = ?3"
  static let letGo = "owner = NULL, epoch = NULL, claimed_from = NULL"

  // An attempt counts from here: a process that ends before the answer has still tried. What waits has no lead, and the
  // others of an uncertain message are not handed over, so `lead` is not cleared: to set a reference to its own table,
  // SQLite deletes the row with its index entries and inserts it again, which takes twice as long.
  private static let setSending = """
    UPDATE reminder
    SET state = \(state: .sending), channel = ?5, attempts = attempts + 1,
      attempts_on_channel = iif(route_position = ?7, attempts_on_channel, 0) + 1, route_position = ?7,
      first_attempt = ifnull(first_attempt, ?4), template = ifnull(?6, template), applied = 1
    """

  // These clauses also move the other reminders of a message: see ParcelMoves.
  static let setSent = """
    UPDATE reminder
    SET state = \(state: .sent), decided_at = ?4, reason = NULL, reason_since = NULL, next_at = NULL, \(letGo)
    """

  static let setEnded = """
    UPDATE reminder
    SET state = ?6, reason = ?5, reason_since = ?4, decided_at = ?4, next_at = NULL, \(letGo)
    """

  // For a reminder that was about to be handed over but was not: it does not count as tried.
  static let setReleased = """
    UPDATE reminder
    SET state = claimed_from, attempts = attempts - (state = \(state: .sending)),
      attempts_on_channel = attempts_on_channel - (state = \(state: .sending)),
      first_attempt = iif(state = \(state: .sending) AND attempts = 1, NULL, first_attempt), \(letGo)
    """

  static let sending = "\(setSending) WHERE \(isHeld) AND state = \(state: .claimed)"
  static let sent = "\(setSent) WHERE \(isHeld) AND state = \(state: .sending)"
  static let found = """
    \(setSent) WHERE \(isHeld) AND state = \(state: .claimed) AND claimed_from = \(state: .uncertain)
    """
  // The same for many reminders under one lease; parameter 1 is a JSON array of them.
  static let allSending = "\(setSending) WHERE \(areHeld)"
  static let allSent = "\(setSent) WHERE \(areHeld)"
  /// How many of them are held and in the state that parameter 4 names.
  static let countHeld = "SELECT count(*) FROM reminder WHERE \(areHeld) AND state = ?4"

  // A reason that stays keeps its time; another channel of the route starts its own count of attempts. While a channel
  // is misconfigured no attempt is used up. What may have arrived never forgets the channel that handed it over.
  static let wait = """
    UPDATE reminder
    SET \(Assignment.isOpen), next_at = ?6,
      reason_since = CASE WHEN reason = ?5 THEN reason_since ELSE ?4 END, reason = ?5,
      attempts = attempts - (state = \(state: .sending) AND ?5 = \(reason: .channelMisconfigured)),
      attempts_on_channel = iif(
        route_position = ?7,
        attempts_on_channel - (state = \(state: .sending) AND ?5 = \(reason: .channelMisconfigured)), 0),
      channel = iif(route_position = ?7 OR uncertainties > 0, ifnull(?8, channel), NULL), route_position = ?7,
      applied = max(applied, ?9), parcel = ?10, \(letGo)
    WHERE \(isHeld) AND state IN \(states: .claimed, .sending)
    """

  static let uncertain = """
    UPDATE reminder
    SET state = \(state: .uncertain), next_at = ?5, uncertainties = uncertainties + (state = \(state: .sending)),
      reason = NULL, reason_since = NULL, applied = 1, \(letGo)
    WHERE \(isHeld)
      AND (state = \(state: .sending)
        OR state = \(state: .claimed) AND claimed_from = \(state: .uncertain))
    """

  static let end = "\(setEnded) WHERE \(isHeld) AND state IN \(states: .claimed, .sending)"

  static let release = """
    \(setReleased), applied = max(applied, ?5)
    WHERE \(isHeld) AND state IN \(states: .claimed, .sending)
    """

  // Held by another run whose leases are over by now, which is parameter 2.
  private static let isLeft = """
    owner IS NOT NULL AND owner <> ?1 AND owner IN (SELECT id FROM run WHERE until <= ?2)
    """

  static let recoverClaimed = """
    UPDATE reminder SET state = claimed_from, \(letGo) WHERE \(isLeft) AND state = \(state: .claimed)
    """

  static let recoverAttempts = """
    INSERT INTO attempt (reminder, number, channel, began_at, ended_at, outcome, text)
    SELECT id, 1 + ifnull((SELECT max(number) FROM attempt WHERE attempt.reminder = held.id), 0),
      channel, ?2, ?2, \(outcome: .unknown), 'the process ended before an answer was recorded'
    FROM reminder AS held
    WHERE \(isLeft) AND state = \(state: .sending) AND channel IS NOT NULL
    """

  // Reminders that may be resent are due at once, because nothing suggests a fault on the other side. Of a message that
  // carried several, only the lead is resent. These are due a millisecond before all others, so that a second crash
  // seldom hits the same reminder.
  static let recoverSending = """
    UPDATE reminder
    SET state = \(state: .uncertain), uncertainties = uncertainties + 1,
      next_at = iif(
        lead IS NULL AND uncertainties < ifnull(
          (SELECT most.value
           FROM channel JOIN json_each(?3) AS most ON most.key = channel.name
           WHERE channel.id = reminder.channel), 0),
        min(due - 1, ?2), use_until),
      reason = NULL, reason_since = NULL, \(letGo)
    WHERE \(isLeft) AND state = \(state: .sending)
    """
}
