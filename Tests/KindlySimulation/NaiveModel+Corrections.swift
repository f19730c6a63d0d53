/// The corrections of dates that moved after a customer was told them.
extension NaiveModel {
  /// Whose messages tell a customer the same date.
  struct Teller: Hashable {
    let rule: String
    let key: Int
    let leg: Int
    let column: SimColumn
  }

  /// What a message told.
  struct Told: Hashable {
    let step: String
    let date: String
    let until: Int
  }

  /// A correction that was called for.
  struct Correction {
    /// When it was called for first.
    let due: Int
    let until: Int
    /// The turn at which it was called for last.
    let turn: Int
    /// Whether the date's own reminder would tell the same again, as far as was known then.
    let isNear: Bool
  }

  /// A letter has left or may have, with the date of its row.
  mutating func tell(_ occurrence: Occurrence, leg: Int, isSure: Bool) {
    let step = occurrence.step
    guard step.corrects, let column = step.when.column, let row = rows[occurrence.key] else {
      return
    }
    let moments = SimMoments(step: step, row: row)
    guard let date = moments.date else { return }
    let teller = Teller(rule: occurrence.rule.name, key: row.key, leg: leg, column: column)
    let word = Told(
      step: step.name, date: SimMoments.name(date, byMinute: true), until: moments.end(date))
    if isSure { told[teller] = [] }
    told[teller, default: []].append(word)
  }

  /// The corrections that moved dates call for now.
  mutating func corrections(isWhole: Bool, now: Int) -> [Occurrence] {
    var found: [Occurrence] = []
    for rule in configuration.rules {
      for step in rule.steps where step.corrects && step.when.tells {
        for row in rows.values.sorted(by: { $0.key < $1.key }) {
          for leg in step.legs.indices {
            found += corrections(rule, step, row, leg, isWhole: isWhole, now: now)
          }
        }
      }
    }
    return found
  }

  private mutating func corrections(
    _ rule: SimRule, _ step: SimStep, _ row: SimRow, _ leg: Int, isWhole: Bool, now: Int
  ) -> [Occurrence] {
    let moments = SimMoments(step: step, row: row)
    guard let column = step.when.column, let date = moments.date, moments.end(date) > now else {
      return []
    }
    let current = SimMoments.name(date, byMinute: true)
    let teller = Teller(rule: rule.name, key: row.key, leg: leg, column: column)
    let words = told[teller] ?? []
    // Whoever was told a date that is over knows by now.
    let calls = words.filter { $0.step == step.name && $0.date != current && $0.until > now }
    if calls.isEmpty { return [] }
    let earlier = tracks.filter {
      $0.key.step == step.name && $0.key.key == row.key && $0.key.leg == leg
        && $0.key.cycle.contains(" correction ")
    }
    let number = earlier.count { $0.value.sent > 0 } + 1
    let isUnsure = earlier.contains { $0.value.mayHaveArrived }
    let rivals = Identity.Rivals(rule: rule.name, key: row.key, leg: leg)
    let isDoubtful =
      words.count > 1 || tracks.contains { $0.key.rivals == rivals && $0.value.mayHaveArrived }
    return (number...number + (isUnsure ? 1 : 0)).compactMap { number in
      var occurrence = Occurrence(
        rule: rule, step: step, key: row.key,
        cycle: "\(moments.name(date)) correction \(number)", due: now,
        until: min(moments.lateness(now), moments.end(date)), onlyLeg: leg)
      // It is planned only where its condition holds.
      guard applies(occurrence) else { return nil }
      let identity = occurrence.identity(leg)
      let known = corrections[identity]
      let isSteady = isWhole && !isDoubtful && (known.map { $0.turn >= count.turns - 1 } ?? true)
      if !isSteady { tracks[identity, default: Track()].open = "what was told is not sure" }
      if let known, isSteady {
        occurrence.due = known.due
        occurrence.until = known.until
      }
      let own = moments.due(nil)
      corrections[identity] = Correction(
        due: occurrence.due, until: occurrence.until, turn: count.turns,
        isNear: own.map { $0 < occurrence.due + nearness(step) } ?? false)
      return occurrence
    }
  }

  /// A day, or the time by which the reminder comes before its date if that is shorter.
  private func nearness(_ step: SimStep) -> Int {
    min(NaiveTime.day, step.when.span?.longest ?? NaiveTime.day)
  }

  /// Whether a correction has told the date so shortly before its own reminder that this would say the same again.
  mutating func isTold(_ occurrence: Occurrence, _ identity: Identity) -> Bool {
    let step = occurrence.step
    guard step.corrects, occurrence.onlyLeg == nil else { return false }
    for (other, correction) in corrections
    where other.rivals == identity.rivals && other.step == identity.step
      && other.cycle.hasPrefix("\(identity.cycle) correction ")
    {
      guard occurrence.due < correction.due + nearness(step), let track = tracks[other] else {
        continue
      }
      // What was planned at a later time may have come nearer since.
      if track.sent > 0, correction.isNear { return true }
      tracks[identity]?.open = "a correction may tell the same"
    }
    return false
  }
}

extension Track {
  /// Whether it was handed over and may be under way, for all that is known.
  fileprivate var mayHaveArrived: Bool { handedOver > 0 && sent == 0 && open != nil }
}
