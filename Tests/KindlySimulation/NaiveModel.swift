/// What Kindly must have sent, straight from the definitions: it keeps every row, asks every rule about every row at
/// every look, and knows no queue, no plan and no ledger.
struct NaiveModel {
  var rows: [Int: SimRow] = [:]
  /// When the application last wrote a row.
  var written: [Int: Int] = [:]
  var configuration: SimConfiguration
  /// When each rule and each step was first seen.
  var activated: [String: Int] = [:]
  var begun: [String: Int] = [:]
  var tracks: [Identity: Track] = [:]
  /// The dated letters that were taken or may have been, with their due times.
  var accepted: [Identity.Rivals: [Identity: Int]] = [:]
  var channelTrouble: [String: Int] = [:]
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

  struct Count {
    var turns = 0
    var sent = 0
    /// Letters that applied at some turn.
    var applied = 0
    /// Those of them that quiet hours, refusals and failures held for the whole of their use.
    var tooLate = 0
    /// Those of them of which the definitions leave open whether they are sent, and that were not.
    var leftOpen = 0
  }

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
      for step in rule.steps where begun[step.name] == nil { begun[step.name] = now }
    }
  }

  mutating func write(_ row: SimRow?, _ key: Int, at time: Int) {
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
    let occurrences = fromChanges + moments(now: now)
    var eligible: [Identity: Occurrence] = [:]
    for occurrence in occurrences {
      for leg in occurrence.step.legs.indices {
        consider(occurrence, leg, now: now, &eligible)
      }
    }
    supersede(&eligible, isWhole: isWhole, now: now)
    for letter in handedOver { try accept(letter, eligible, isWhole: isWhole, now: now) }
    guard isWhole else { return }
    let done = Set(handedOver.map(\.identity))
    for (identity, occurrence) in eligible where !done.contains(identity) {
      try demand(identity, occurrence, now: now)
    }
  }

  /// Decides whether a leg of an occurrence may be sent now.
  private mutating func consider(
    _ occurrence: Occurrence, _ leg: Int, now: Int, _ eligible: inout [Identity: Occurrence]
  ) {
    let identity = occurrence.identity(leg)
    tracks[identity, default: Track()].due = occurrence.due
    // What may have arrived is repeated within the use that it had then.
    let until = tracks[identity].flatMap { $0.unanswered > 0 ? $0.until : nil } ?? occurrence.until
    if now >= until {
      tracks[identity]?.isOver = true
      return
    }
    guard tracks[identity]?.closed == nil, tracks[identity]?.sent == 0, occurrence.due <= now else {
      return
    }
    // What is paused is asked about when it is resumed, which awakens it at once.
    if isPaused(occurrence) { return }
    guard applies(occurrence) else {
      // A missing row is looked for again within a minute.
      if rows[occurrence.key] == nil { tracks[identity]?.waitsUntil = now + 61 }
      return
    }
    guard !comesTooSoon(occurrence, identity) else { return }
    tracks[identity]?.hasApplied = true
    if tracks[identity]?.isOver == true {
      // If it was planned before, it has ended as too late, whatever its rule or its row says later.
      tracks[identity]?.open = "it was too late once"
    }
    eligible[identity] = occurrence
  }

  /// A recurrence never follows the last one that was sent within half a period, even if its date has changed.
  private mutating func comesTooSoon(_ occurrence: Occurrence, _ identity: Identity) -> Bool {
    let span: SimSpan
    switch occurrence.step.when {
    case .every(let period, _): span = period
    case .everyYearOn: span = SimSpan(count: 1, unit: .year)
    case .insert, .update, .delete, .on, .before, .after: return false
    }
    var isTooSoon = false
    for leg in occurrence.step.legs.indices {
      let rivals = Identity.Rivals(rule: identity.rule, key: identity.key, leg: leg)
      for (other, due) in accepted[rivals] ?? [:]
      where other.step == identity.step && other.cycle != identity.cycle {
        let distance = abs(due - occurrence.due)
        if distance < span.shortest / 2 { isTooSoon = true }
        if distance < span.longest / 2 {
          tracks[identity]?.open = "about half a period after another"
        }
      }
    }
    return isTooSoon
  }

  /// Whether the row and the conditions are as the occurrence demands.
  private func applies(_ occurrence: Occurrence) -> Bool {
    switch occurrence.step.when {
    case .delete: return rows[occurrence.key] == nil
    // That it happened stays true.
    case .update: return rows[occurrence.key].map { !$0.isBlocked } ?? false
    case .insert, .on, .before, .after, .every, .everyYearOn:
      guard let row = rows[occurrence.key], !row.isBlocked else { return false }
      return [occurrence.rule.condition, occurrence.step.condition].allSatisfy {
        $0?.holds(row, old: nil) ?? true
      }
    }
  }

  /// Of several dated letters of one rule to one row only the newest is sent.
  private mutating func supersede(
    _ eligible: inout [Identity: Occurrence], isWhole: Bool, now: Int
  ) {
    var newest: [Identity.Rivals: (identity: Identity, due: Int)] = [:]
    for (identity, occurrence) in eligible where occurrence.step.when.isDated {
      let other = newest[identity.rivals]
      if other.map({ occurrence.due > $0.due }) ?? true {
        newest[identity.rivals] = (identity, occurrence.due)
      }
    }
    for (identity, occurrence) in eligible where occurrence.step.when.isDated {
      let later = accepted[identity.rivals]?.first {
        $0.key != identity && $0.value > occurrence.due
      }
      guard let best = newest[identity.rivals] else { continue }
      if let later {
        end(identity, "superseded by \(later.key)", &eligible)
      } else if best.identity == identity {
        continue
      } else if best.due == occurrence.due {
        // Nothing says which of two at the same time is the newer one.
        for each in [identity, best.identity] {
          tracks[each]?.open = "due at the same time as another"
        }
      } else if isWhole, tracks[identity].map({ $0.waitsUntil <= now && $0.open == nil }) ?? true {
        end(identity, "superseded by \(best.identity)", &eligible)
      } else {
        tracks[identity]?.open = "another may supersede it"
      }
    }
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
      tracks[identity, default: Track()].open = "it was under way when the process died"
    }
  }
}
