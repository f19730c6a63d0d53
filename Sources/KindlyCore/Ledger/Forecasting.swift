/// What the ledger knows of occurrences that may come, for those who look ahead.
package protocol ForecastingLedger: ReadingLedger, FuseReadingLedger, AnnouncingLedger,
  FollowUpLedger
{
  /// What stands of each occurrence of a batch, in its order. A rule or step that the ledger does not know has none.
  func prospects(of batch: PlanBatch, now: Instant) async throws -> [Prospect]
}

/// What is still to come of an occurrence.
package enum Prospect: Hashable, Sendable {
  /// All of its legs will be planned.
  case new
  /// These of its legs are still to be sent; none where all are decided.
  case planned([OpenLeg])

  /// A reminder that is still to be sent.
  package struct OpenLeg: Hashable, Sendable {
    package let leg: Int
    /// When it is processed next.
    package let next: Instant
    package let routePosition: Int
    /// Whether the fuse of its rule holds it.
    package let isFused: Bool
    /// The correction's number; nil if it is no correction.
    package let correction: Int?

    package init(
      leg: Int, next: Instant, routePosition: Int, isFused: Bool = false, correction: Int? = nil
    ) {
      self.leg = leg
      self.next = next
      self.routePosition = routePosition
      self.isFused = isFused
      self.correction = correction
    }
  }

  /// Decides it as planning would.
  package init(
    of occurrence: PlannedOccurrence, in batch: PlanBatch, beside neighbours: [Neighbour],
    now: Instant
  ) {
    let work = PlanDecision.work(for: occurrence, of: batch, beside: neighbours, now: now)
    if batch.isCorrection {
      self = .planned(Prospect.corrections(in: work, of: occurrence, neighbours))
      return
    }
    if work.contains(.insert) {
      self = .new
      return
    }
    for case .insertRest(let known) in work {
      self = .planned(
        batch.legs.filter { !known.contains($0) }.map {
          OpenLeg(leg: $0, next: occurrence.due, routePosition: 0)
        })
      return
    }
    let revived = Set(work.compactMap { if case .revive(let id) = $0 { id } else { nil } })
    let retimed = Set(work.compactMap { if case .retime(let id, _) = $0 { id } else { nil } })
    self = .planned(
      PlanDecision.own(
        PlanDecision.named(occurrence, of: batch, beside: neighbours), among: neighbours
      ).compactMap { reminder in
        let isOpen =
          switch reminder.state {
          case .waiting, .claimed: true
          case .sending, .uncertain, .sent, .skipped, .cancelled, .failed: false
          }
        guard isOpen || revived.contains(reminder.id) else { return nil }
        let isMoved = retimed.contains(reminder.id) || revived.contains(reminder.id)
        return OpenLeg(
          leg: reminder.leg,
          next: isMoved
            ? occurrence.due
            : Prospect.next(
              reminder.next, due: occurrence.due, useUntil: reminder.useUntil),
          routePosition: revived.contains(reminder.id) ? 0 : reminder.routePosition,
          isFused: reminder.state == .waiting && reminder.reason == .fuse)
      })
  }

  /// When a reminder that waits may leave, as far as its wait tells.
  ///
  /// A wait that lasts as long as the reminder is of use, such as that for a pause without an end, ends with its cause
  /// and not at a time. Whoever looks ahead asks about the cause anew.
  package static func next(_ next: Instant?, due: Instant, useUntil: Instant) -> Instant {
    next.flatMap { $0 < useUntil ? $0 : nil } ?? due
  }

  /// The corrections that planning would insert or revive; those that wait already are open reminders of the ledger.
  private static func corrections(
    in work: [PlanWork], of occurrence: PlannedOccurrence, _ neighbours: [Neighbour]
  ) -> [OpenLeg] {
    work.compactMap { part in
      switch part {
      case .correct(let leg, let number, _):
        return OpenLeg(leg: leg, next: occurrence.due, routePosition: 0, correction: number)
      case .revive(let id):
        guard let own = neighbours.first(where: { $0.id == id }),
          case .correction(_, let number) = own.cycle
        else { return nil }
        return OpenLeg(leg: own.leg, next: occurrence.due, routePosition: 0, correction: number)
      case .insert, .insertRest, .retime, .move: return nil
      }
    }
  }
}
