/// What Kindly must have sent, straight from the definitions: it keeps every row, asks every rule about every row at
/// every look, and knows no queue, no plan and no ledger.
struct NaiveModel {
  var rows: [Int: SimRow] = [:]
  /// When the application last wrote a row.
  var written: [Int: Int] = [:]
  /// The numbers that a row had, and until when.
  var amounts: [Int: [(amount: Int, until: Int)]] = [:]
  var configuration: SimConfiguration
  /// When each rule and each step was first seen.
  var activated: [String: Int] = [:]
  var begun: [String: Int] = [:]
  var tracks: [Identity: Track] = [:]
  /// The dated letters that were taken or may have been, with their due times.
  var accepted: [Identity.Rivals: [Identity: Int]] = [:]
  var channelTrouble: [String: Int] = [:]
  /// What each step has said, in this order.
  var formers: [String: [SimStep]] = [:]
  /// The periods that each `every` step has had, and since when.
  var paces: [String: [(period: SimSpan, since: Int)]] = [:]
  /// Whether each step counts hours or minutes, and when that changed.
  var units: [String: (isElapsed: Bool, changed: Int?)] = [:]
  /// The dates that customers were told last, several where it is not sure which, and what corrects them.
  var told: [Teller: [Told]] = [:]
  var corrections: [Identity: Correction] = [:]
  /// The rules that a person has paused; nil stands for everything.
  var paused: Set<String?> = []
  var count = Count()

  // What looks have seen.
  var known: [Int: SimRow]?
  var missing: [Int: Int] = [:]
  var gone: [Int: SimRow] = [:]
  var changes: [SimChange] = []
  var positions: [String: Int] = [:]
  var fromChanges: [Occurrence] = []

  init(rows: [SimRow], configuration: SimConfiguration) {
    self.configuration = configuration
    for row in rows { self.rows[row.key] = row }
  }

  /// A configuration is seen, by a start or a reload.
  mutating func see(_ configuration: SimConfiguration, now: Int) {
    self.configuration = configuration
    for rule in configuration.rules {
      if activated[rule.name] == nil {
        activated[rule.name] = now
        positions[rule.name] = changes.count
      }
      for step in rule.steps {
        if begun[step.name] == nil { begun[step.name] = now }
        see(step, now: now)
      }
    }
  }

  mutating func write(_ row: SimRow?, _ key: Int, at time: Int) {
    if let former = rows[key]?.amount, former != row?.amount {
      amounts[key, default: []].append((former, time))
    }
    rows[key] = row
    written[key] = time
  }
}

// MARK: - A turn

extension NaiveModel {
  /// Kindly has looked, scanned and drained at `now`, and these letters were handed over.
  ///
  /// - Parameters:
  ///   - isWhole: false where the process died in the middle.
  ///   - hasLooked: whether what it had noticed by then is known.
  mutating func turn(
    _ handedOver: [HandedOver], isWhole: Bool = true, hasLooked: Bool = true, now: Int
  ) throws {
    count.turns += 1
    if isWhole || hasLooked { look(now: now) }
    planChanges(now: now)
    let occurrences =
      fromChanges + moments(now: now) + corrections(isWhole: isWhole, now: now)
    var eligible: [Identity: Occurrence] = [:]
    let letters = occurrences.flatMap { occurrence in occurrence.legs.map { (occurrence, $0) } }
    for (occurrence, leg) in letters { time(occurrence, leg, now: now) }
    for (occurrence, leg) in letters { consider(occurrence, leg, now: now, &eligible) }
    supersede(&eligible, isWhole: isWhole, now: now)
    let handedOver = handedOver.map { letter in
      var letter = letter
      letter.identity = named(letter.identity)
      return letter
    }
    for letter in handedOver { try accept(letter, eligible, isWhole: isWhole, now: now) }
    guard isWhole else {
      // What it saw last may not be recorded.
      for identity in tracks.keys { tracks[identity]?.surelyLacking = nil }
      return
    }
    let done = Set(handedOver.map(\.identity))
    for (identity, occurrence) in eligible where !done.contains(identity) {
      try demand(identity, occurrence, now: now)
    }
  }

  /// Notes when a leg of an occurrence is due, and whether its use is over.
  private mutating func time(_ occurrence: Occurrence, _ leg: Int, now: Int) {
    let identity = occurrence.identity(leg)
    var track = tracks[identity] ?? Track()
    track.due = occurrence.due
    // What may have arrived is repeated within the use that it had then.
    let until = track.unanswered > 0 ? track.until ?? occurrence.until : occurrence.until
    track.useUntil = until
    track.isUseful = now < until
    if now >= until { track.isOver = true }
    tracks[identity] = track
  }

  /// Decides whether a leg of an occurrence may be sent now.
  private mutating func consider(
    _ occurrence: Occurrence, _ leg: Int, now: Int, _ eligible: inout [Identity: Occurrence]
  ) {
    let identity = occurrence.identity(leg)
    guard let track = tracks[identity], track.isUseful else { return }
    if let newer = track.closedBy.flatMap({ tracks[$0] }), newer.sent == 0, now >= newer.useUntil {
      tracks[identity]?.closed = nil
      tracks[identity]?.open = "what superseded it ended without being sent"
    }
    guard tracks[identity]?.closed == nil, track.sent == 0, occurrence.due <= now else { return }
    // What is paused or absent is asked about when it is resumed or back, which awakens it at once.
    if isPaused(occurrence) || !isConfigured(occurrence) {
      tracks[identity]?.surelyLacking = nil
      return
    }
    guard applies(occurrence) else {
      // A missing row is looked for again within a minute.
      if rows[occurrence.key] == nil { tracks[identity]?.waitsUntil = now + 61 }
      tracks[identity]?.surelyLacking = nil
      return
    }
    if comesTooSoon(occurrence, identity) {
      guard mayBePlanned(occurrence) else { return }
      tracks[identity]?.open = "it may have been planned by the number of days before"
    }
    guard !isKnownByDay(occurrence, identity), !isTold(occurrence, identity) else { return }
    if occurrence.isFormer {
      // Nothing says whether what was planned still leaves.
      tracks[identity]?.open = "its moment is before the beginning of its step now"
    } else {
      tracks[identity]?.hasApplied = true
    }
    if tracks[identity]?.isOver == true {
      // If it was planned before, it has ended as too late, whatever its rule or its row says later.
      tracks[identity]?.open = "it was too late once"
    }
    if let doubt = doubt(occurrence, identity) { tracks[identity]?.open = doubt }
    if hasAddress(occurrence, identity, now: now) { eligible[identity] = occurrence }
  }

  private func isConfigured(_ occurrence: Occurrence) -> Bool {
    configuration.rules.contains { rule in
      rule.name == occurrence.rule.name
        && rule.steps.contains { $0.name == occurrence.step.name }
    }
  }

  /// Whether its customer has an address. Without one it waits for ten minutes, and then it ends.
  private mutating func hasAddress(
    _ occurrence: Occurrence, _ identity: Identity, now: Int
  ) -> Bool {
    guard var track = tracks[identity] else { return false }
    defer { tracks[identity] = track }
    let grace = 600
    if (occurrence.old ?? rows[occurrence.key])?.hasAddress ?? true {
      track.surelyLacking = nil
      if track.lacking.map({ now >= $0 + grace }) ?? false { track.open = "it had no address" }
      return true
    }
    let isSurelySeen =
      track.waitsUntil <= now && track.open == nil && quietEnd(occurrence, now: now) == nil
    if let known = track.surelyLacking, known.turn == count.turns - 1 {
      if now >= known.since + grace {
        track.closed = "it lacks an address since \(NaiveTime.stamp(known.since))"
      }
      track.surelyLacking?.turn = count.turns
    } else {
      track.surelyLacking = isSurelySeen ? (now, count.turns) : nil
    }
    track.lacking = track.lacking ?? now
    track.waitsUntil = max(track.waitsUntil, now + 61)
    return false
  }

  /// A recurrence never follows the last one that was sent within half a period, even if its date has changed; or
  /// within half the time that days off leave between it and the next one.
  private mutating func comesTooSoon(_ occurrence: Occurrence, _ identity: Identity) -> Bool {
    guard let span = occurrence.period else { return false }
    let shortest = min(span.shortest, occurrence.distance ?? span.shortest)
    let longest = min(span.longest, occurrence.distance.map { $0 + 3600 } ?? span.longest)
    var isTooSoon = false
    for leg in occurrence.step.legs.indices {
      let rivals = Identity.Rivals(rule: identity.rule, key: identity.key, leg: leg)
      for (other, due) in accepted[rivals] ?? [:]
      where other.step == identity.step && other.cycle != identity.cycle {
        let distance = abs(due - occurrence.due)
        if distance < shortest / 2 { isTooSoon = true }
        if distance < longest / 2 {
          tracks[identity]?.open = "about half a period after another"
        }
      }
    }
    return isTooSoon
  }

  /// Whether it may have been planned by the number of days that its row had before. What is planned then still comes.
  private func mayBePlanned(_ occurrence: Occurrence) -> Bool {
    guard case .everyAmountOfDays = occurrence.step.when, var row = rows[occurrence.key] else {
      return false
    }
    return (amounts[occurrence.key] ?? []).contains { amount, until in
      guard occurrence.due <= until + 26 * 3600 else { return false }
      row.amount = amount
      return SimMoments(step: occurrence.step, row: row).all(now: occurrence.due).contains {
        $0.cycle == occurrence.cycle
      }
    }
  }

  /// Whether the row and the conditions are as the occurrence demands.
  func applies(_ occurrence: Occurrence) -> Bool {
    switch occurrence.operation {
    case .delete: return rows[occurrence.key] == nil
    // That it happened stays true.
    case .update: return rows[occurrence.key].map { !$0.isBlocked } ?? false
    case .insert, nil:
      guard let row = rows[occurrence.key], !row.isBlocked else { return false }
      return [occurrence.rule.condition, occurrence.step.condition].allSatisfy {
        $0?.holds(row, old: nil) ?? true
      }
    }
  }

  /// Of several dated letters of one rule to one row only the newest is sent, or the correction of a moved date.
  private mutating func supersede(
    _ eligible: inout [Identity: Occurrence], isWhole: Bool, now: Int
  ) {
    var newest: [Identity.Rivals: (identity: Identity, occurrence: Occurrence)] = [:]
    for (identity, occurrence) in eligible where occurrence.step.when.isDated {
      // What quiet hours hold for the rest of its use takes nobody's place.
      if let end = quietEnd(occurrence, now: now), end >= occurrence.until { continue }
      let other = newest[identity.rivals]
      if other.map({ occurrence.isNewer(than: $0.occurrence) }) ?? true {
        newest[identity.rivals] = (identity, occurrence)
      }
    }
    for (identity, occurrence) in eligible where occurrence.step.when.isDated {
      let later = accepted[identity.rivals]?.first {
        $0.key != identity && $0.value > occurrence.due
      }
      guard let best = newest[identity.rivals] else { continue }
      if later != nil, occurrence.onlyLeg != nil {
        // Nothing says whether a correction leaves after a newer step, which may say nothing of the date.
        tracks[identity]?.open = "a newer step was sent before the correction"
      } else if let later {
        end(identity, "superseded by \(later.key)", &eligible)
      } else if best.identity == identity {
        continue
      } else if !best.occurrence.isNewer(than: occurrence) {
        // Nothing says which of two at the same time is the newer one.
        for each in [identity, best.identity] {
          tracks[each]?.open = "due at the same time as another"
        }
      } else if isWhole, isReady(identity, now: now),
        best.occurrence.onlyLeg == nil || isReady(best.identity, now: now)
      {
        end(identity, "superseded by \(best.identity)", &eligible)
        tracks[identity]?.closedBy = best.identity
      } else {
        tracks[identity]?.open = "another may supersede it"
      }
    }
  }

  private func isReady(_ identity: Identity, now: Int) -> Bool {
    tracks[identity].map { $0.waitsUntil <= now && $0.open == nil } ?? true
  }

  private mutating func end(
    _ identity: Identity, _ reason: String, _ eligible: inout [Identity: Occurrence]
  ) {
    tracks[identity]?.closed = reason
    eligible[identity] = nil
  }

  /// What was under way when a process died may have arrived.
  mutating func mayHaveArrived(_ identities: [Identity]) {
    for identity in identities {
      tracks[named(identity), default: Track()].open = "it was under way when the process died"
    }
  }
}
