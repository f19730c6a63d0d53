extension NaiveModel {
  /// How long a reminder waits after it was not taken, at most: an hour and a fifth.
  private static let longestRetry = 4_400
  /// How long a channel is left alone after a failure, at most, and the check after it.
  private static let longestTrouble = 1_900

  mutating func accept(
    _ letter: HandedOver, _ eligible: [Identity: Occurrence], isWhole: Bool, now: Int
  ) throws {
    let identity = letter.identity
    var track = tracks[identity] ?? Track()
    if track.sent > 0 { throw Violation("sent twice: \(identity)") }
    if track.unanswered > 1 { throw Violation("repeated more than once: \(identity)") }
    if let stays = track.stays, stays != letter.channel {
      throw Violation(
        "may have arrived over \(stays), and went over \(letter.channel): \(identity)")
    }
    guard let occurrence = eligible[identity] else {
      throw Violation("sent, though \(reason(identity, now: now)): \(identity)")
    }
    if quietEnd(occurrence, now: now) != nil {
      throw Violation("sent in quiet hours: \(identity)")
    }
    guard occurrence.step.legs[identity.leg].contains(letter.channel) else {
      throw Violation("sent over \(letter.channel), which its route does not have: \(identity)")
    }
    try check(letter, occurrence)
    track.handedOver += 1
    track.until = track.until ?? occurrence.until
    switch letter.outcome {
    case _ where !isWhole:
      // Its outcome may not be recorded.
      track.unanswered += 1
      track.open = "it was handed over when the process died"
    case .sent:
      track.sent += 1
      track.sentAt = now
      count.add(occurrence, hadToWait: track.lacking != nil)
    case .retry: track.waitsUntil = now + NaiveModel.longestRetry
    case .channelDown: track.waitsUntil = now + NaiveModel.longestRetry
    case .rejected: track.open = "a channel refused it for good"
    case .unknown:
      track.unanswered += 1
      track.stays = letter.channel
      track.open = "a channel did not answer"
    }
    if track.sent + track.unanswered > 0 {
      tell(occurrence, leg: identity.leg, isSure: track.unanswered == 0)
    }
    if letter.outcome != .sent {
      channelTrouble[letter.channel] = now + NaiveModel.longestTrouble
    }
    if occurrence.step.when.isDated, track.sent + track.unanswered > 0 {
      accepted[identity.rivals, default: [:]][identity] = occurrence.due
    }
    if track.handedOver > 25 { track.open = "it was tried too often" }
    tracks[identity] = track
  }

  /// The letter tells the row as it is.
  private func check(_ letter: HandedOver, _ occurrence: Occurrence) throws {
    // A repeat may be the stored bytes of the first one.
    guard letter.attempt == 1, let row = occurrence.old ?? rows[occurrence.key] else { return }
    let expected = "\(row.status);\(row.amount)"
    guard letter.text.contains(expected) else {
      throw Violation("expected \(expected) in \(letter.identity), got \(letter.text)")
    }
  }

  /// A letter that applies must have been handed over by now, if nothing holds it.
  mutating func demand(_ identity: Identity, _ occurrence: Occurrence, now: Int) throws {
    guard var track = tracks[identity] else { return }
    defer { tracks[identity] = track }
    if let end = quietEnd(occurrence, now: now) {
      track.waitsUntil = max(track.waitsUntil, min(end, occurrence.until))
      return
    }
    if track.open != nil || track.waitsUntil > now { return }
    let troubles = occurrence.step.legs[identity.leg].compactMap { channelTrouble[$0] }
    if let end = troubles.max(), end > now {
      track.waitsUntil = end
      return
    }
    throw Violation(
      "not sent, though due \(NaiveTime.stamp(occurrence.due)) and of use until \(NaiveTime.stamp(occurrence.until)): \(identity)"
    )
  }

  func isPaused(_ occurrence: Occurrence) -> Bool {
    paused.contains(nil) || paused.contains(occurrence.rule.name)
  }

  /// The end of the quiet hours that hold a letter now.
  func quietEnd(_ occurrence: Occurrence, now: Int) -> Int? {
    guard let from = configuration.quietFrom, !occurrence.step.isService else { return nil }
    let home = (occurrence.old ?? rows[occurrence.key])?.home ?? SimConfiguration.company
    let local = home.local(now)
    let (day, minute) = (local / NaiveTime.day, local % NaiveTime.day / 60)
    guard minute >= from || minute < configuration.quietTo else { return nil }
    let last = minute >= from ? day + 1 : day
    let end = home.instant(last * NaiveTime.day + configuration.quietTo * 60)
    return end > now ? end : nil
  }

  /// Counts what became of the letters.
  mutating func finish() -> Count {
    let applied = tracks.values.filter(\.hasApplied)
    count.applied = applied.count
    let unsent = applied.filter { $0.sent == 0 && $0.closed == nil }
    count.leftOpen = unsent.count { $0.open != nil }
    count.tooLate = unsent.count { $0.open == nil && $0.isOver }
    return count
  }

  /// Why a letter must not be sent now.
  private func reason(_ identity: Identity, now: Int) -> String {
    guard let track = tracks[identity] else { return "no rule gives it" }
    if let closed = track.closed { return closed }
    let occurrence = (fromChanges + moments(now: now)).first {
      $0.identity(identity.leg) == identity
    }
    guard let occurrence else { return "no rule gives it now" }
    if now >= occurrence.until { return "its use is over" }
    if isPaused(occurrence) { return "it is paused" }
    if now < occurrence.due { return "it is due \(NaiveTime.stamp(occurrence.due))" }
    return "its row or a condition is not so"
  }
}
