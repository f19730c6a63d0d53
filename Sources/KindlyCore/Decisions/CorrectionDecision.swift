/// Decides whether customers who were told a date are told that it moved; the ledger carries the decision out.
///
/// Each configured leg is decided separately, because each told its own recipient something. The latest message that it
/// sent counts, whether that was a reminder, a follow-up, a correction or a message that a person resent.
enum CorrectionDecision {
  static func work(
    for occurrence: PlannedOccurrence, of batch: PlanBatch, beside neighbours: [Neighbour],
    now: Instant
  ) -> [PlanWork] {
    let legs = Dictionary(grouping: neighbours) { FollowUp.writtenLeg(of: $0.leg) }
    return batch.legs.flatMap { leg in
      work(for: occurrence, of: batch, leg, beside: legs[leg] ?? [], now: now)
    }
  }

  private static func work(
    for occurrence: PlannedOccurrence, of batch: PlanBatch, _ leg: Int,
    beside neighbours: [Neighbour], now: Instant
  ) -> [PlanWork] {
    // A message on its way may be telling the new date; the next scan knows.
    guard !neighbours.contains(where: { $0.isUnderway(now) }) else { return [] }
    let corrections = neighbours.filter { $0.isOfStep && $0.isCorrection }
    guard let was = told(before: occurrence, by: neighbours, now: now) else {
      return corrections.filter { $0.state == .waiting }.map(\.move)
    }
    let number = corrections.count { $0.state == .sent } + 1
    let cycle = Cycle.correction(to: occurrence.cycle, number: number)
    var work: [PlanWork] = []
    if let own = corrections.first(where: { $0.cycle == cycle }) {
      if own.mayRevive, occurrence.useUntil > now { work.append(.revive(own.id)) }
    } else {
      work.append(.correct(leg: leg, number: number, was: was))
    }
    let isToldSoon = occurrence.due + (batch.corrections?.nearness ?? .zero)
    return work
      + neighbours.filter { other in
        guard other.isOfStep, other.state == .waiting, other.trigger.isDated, other.cycle != cycle
        else { return false }
        // The reminder of the new date itself stays, unless it would tell the same again.
        let isOfDate = other.cycle.anchor == occurrence.cycle.anchor
        return other.isCorrection || !isOfDate || other.due < isToldSoon
      }.map(\.move)
  }

  /// The date that the customer was told last, if it differs from the new one and neither is over.
  private static func told(
    before occurrence: PlannedOccurrence, by neighbours: [Neighbour], now: Instant
  ) -> AnnouncedDate? {
    let last = neighbours.filter { $0.state == .sent && $0.told != nil }
      .max { ($0.decided ?? $0.due, $0.id) < ($1.decided ?? $1.due, $1.id) }
    guard let last, last.isOfStep, let told = last.told, told.until > now,
      let announcement = occurrence.announcement, announcement.until > now,
      told.date != announcement.date
    else { return nil }
    return told.date
  }

  /// Whether a correction tells the date of an ordinary occurrence so shortly before it that the customer would only
  /// read the same again.
  static func tells(
    _ occurrence: PlannedOccurrence, of batch: PlanBatch, among neighbours: [Neighbour]
  ) -> Bool {
    guard let nearness = batch.corrections?.nearness else { return false }
    return neighbours.contains { other in
      guard other.isCorrection, other.cycle.anchor == occurrence.cycle.anchor,
        occurrence.due < other.due + nearness
      else { return false }
      return switch other.state {
      case .waiting, .claimed, .sending, .uncertain, .sent: true
      case .skipped, .cancelled, .failed: false
      }
    }
  }
}

extension Neighbour {
  /// Whether it is a correction, and not a follow-up of one.
  fileprivate var isCorrection: Bool { cycle.isCorrection && !FollowUp.isFollowUp(leg: leg) }

  /// Whether it is not known yet if it arrives.
  fileprivate func isUnderway(_ now: Instant) -> Bool {
    switch state {
    case .claimed, .sending, .uncertain: useUntil > now
    case .waiting, .sent, .skipped, .cancelled, .failed: false
    }
  }

  fileprivate var move: PlanWork { .move(id, leg: leg, wasOpen: true) }
}
