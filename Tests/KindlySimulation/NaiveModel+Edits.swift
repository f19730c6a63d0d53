/// What edits of a step's span leave of it.
extension NaiveModel {
  /// A step is configured as it is, from now on or still.
  mutating func see(_ step: SimStep, now: Int) {
    if formers[step.name]?.last != step { formers[step.name, default: []].append(step) }
    if case .every(let period, _) = step.when, paces[step.name]?.last?.period != period {
      paces[step.name, default: []].append((period, now))
    }
    guard !step.when.recurs, step.when.isDated, let span = step.when.span else { return }
    let former = units[step.name]
    let isOther = former.map { $0.isElapsed != span.isElapsed } ?? false
    units[step.name] = (span.isElapsed, isOther ? now : former?.changed)
  }

  /// What the names of its recurrences tell of its period: nothing, unless another one was first.
  func code(of step: SimStep) -> String? {
    guard case .every(let period, _) = step.when, let first = paces[step.name]?.first?.period,
      first != period
    else { return nil }
    return period.code
  }

  /// A letter as the model names it: a recurrence by the period that gives it now.
  ///
  /// Kindly names one by its number alone where that belongs to no other day.
  func named(_ identity: Identity) -> Identity {
    let parts = identity.cycle.split(separator: "#")
    let rule = configuration.rules.first { $0.name == identity.rule }
    guard parts.count == 2, let step = rule?.steps.first(where: { $0.name == identity.step }),
      case .every(let period, _) = step.when, let first = paces[step.name]?.first?.period
    else { return identity }
    let words = parts[0].split(separator: "/")
    let code = words.count == 2 ? String(words[1]) : period.code
    let name = code == first.code ? "\(words[0])" : "\(words[0])/\(code)"
    return Identity(
      rule: identity.rule, step: identity.step, key: identity.key, cycle: "\(name)#\(parts[1])",
      leg: identity.leg)
  }

  /// Whether the date's letter left before the step counted by another unit, which named the date otherwise.
  mutating func isKnownByDay(_ occurrence: Occurrence, _ identity: Identity) -> Bool {
    guard !occurrence.step.when.recurs, let changed = units[identity.step]?.changed else {
      return false
    }
    for (other, track) in tracks
    where other.rivals == identity.rivals && other.step == identity.step
      && isSameDay(other.cycle, identity.cycle)
    {
      if track.sent > 0, track.sentAt < changed { return true }
      tracks[identity]?.open = "its date has another name by another unit"
    }
    return false
  }

  private func isSameDay(_ one: String, _ other: String) -> Bool {
    if one.contains(" ") || other.contains(" ") { return false }
    return one.hasPrefix("\(other)T") || other.hasPrefix("\(one)T")
  }

  /// Why the definitions leave open whether a letter is sent, after its period was edited.
  func doubt(_ occurrence: Occurrence, _ identity: Identity) -> String? {
    guard case .every(let period, _) = occurrence.step.when, let number = occurrence.number,
      let paces = paces[occurrence.step.name], paces.count > 1, let row = rows[occurrence.key],
      let edited = paces.last?.since
    else { return nil }
    // Moments are planned 25 hours ahead. Within half a period of what was planned at the old pace, the new pace may
    // leave something out.
    let planned = edited + 25 * 3600
    if occurrence.due < planned + period.longest / 2 + NaiveModel.shift(occurrence.step) {
      return "its period has just been edited"
    }
    let near = max(period.longest * 2 / 5, 76 * 3600) + NaiveModel.shift(occurrence.step)
    let isUnsettled = tracks.contains { other, track in
      other.rivals == identity.rivals && other.step == identity.step && other != identity
        && other.cycle.hasSuffix("#\(number)") && track.handedOver > 0 && track.sent == 0
    }
    if isUnsettled { return "it is not settled at its former pace" }
    let isNear = paces.dropLast().contains { former in
      guard former.period != period else { return false }
      var step = occurrence.step
      step.when = step.when.with(former.period)
      let due = SimMoments(step: step, row: row).due(number)
      return due.map { abs($0 - occurrence.due) < near } ?? false
    }
    return isNear ? "it may count as the same as at its former pace" : nil
  }

  /// How far days off may move a moment.
  private static func shift(_ step: SimStep) -> Int {
    step.offDays == nil ? 0 : 14 * NaiveTime.day
  }
}
