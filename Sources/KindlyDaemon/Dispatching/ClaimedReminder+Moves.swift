import KindlyCore

extension ClaimedReminder {
  /// A move of this reminder under its lease.
  func move(_ move: Transition.Move) -> Transition {
    Transition(reminder: id, lease: lease, move: move, applied: applied)
  }

  /// The end for a reason that has nothing to do with a hand-over. What may have arrived cannot be taken back any more.
  func ended(_ reason: Reason) -> Transition {
    move(.end(uncertainties > 0 ? .unresolved : reason, nil))
  }

  /// The end of a reminder whose step's `unless` holds just before it would be sent.
  func excused(by condition: String) -> Transition {
    Transition(
      reminder: id, lease: lease, move: ended(.unless).move,
      evidence: UnlessEvidence.text(of: condition))
  }

  /// The end of a reminder that a newer one of the same row makes pointless.
  func superseded(by successor: Int64) -> Transition {
    Transition(
      reminder: id, lease: lease, move: ended(.superseded).move, successor: successor)
  }

  /// A wait of minutes, because a newer step of the same row replaces this one if it gets its address.
  func waiting(forNewerStepUntil until: Instant) -> Transition {
    Transition(
      reminder: id, lease: lease, move: waiting(.dueLater, until: until).move,
      evidence: JSONText.object([ExactText("newer step"): .text("waits for its address")]),
      applied: applied)
  }

  /// A wait on the same channel until a person fixes something; it is checked again every few minutes.
  func waiting(forFixOf reason: Reason, now: Instant, evidence: String?) -> Transition {
    let next = Recheck.nextLook(at: self, waitingFor: reason, now: now)
    return Transition(
      reminder: id, lease: lease,
      move: .wait(reason, until: next, routePosition: routePosition, nil), evidence: evidence,
      applied: applied)
  }

  /// A wait on the same channel, at most until the reminder is no longer useful, when it is ended.
  func waiting(_ reason: Reason, until: Instant) -> Transition {
    move(.wait(reason, until: min(until, useUntil), routePosition: routePosition, nil))
  }
}
