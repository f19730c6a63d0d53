import KindlyCore

extension ClaimedReminder {
  /// A move of this reminder under its lease, which records that its conditions have held if they have.
  func move(
    _ move: Transition.Move, evidence: String? = nil, successor: Int64? = nil,
    parcel: Int64? = nil, leads: Bool = false
  ) -> Transition {
    Transition(
      reminder: id, lease: lease, move: move, evidence: evidence, successor: successor,
      parcel: parcel, leads: leads, applied: applied)
  }

  /// The end for a reason that has nothing to do with a hand-over. What may have arrived cannot be taken back any more.
  func ended(_ reason: Reason) -> Transition {
    move(.end(uncertainties > 0 ? .unresolved : reason, nil))
  }

  /// The end of a reminder whose step's `unless` holds just before it would be sent.
  func excused(by condition: String) -> Transition {
    move(ended(.unless).move, evidence: UnlessEvidence.text(of: condition))
  }

  /// The end of a reminder that a newer one of the same row makes pointless.
  func superseded(by successor: Int64) -> Transition {
    move(ended(.superseded).move, successor: successor)
  }

  /// A wait of minutes, because a newer step of the same row replaces this one if it gets its address.
  func waiting(forNewerStepUntil until: Instant) -> Transition {
    move(
      waiting(.dueLater, until: until).move,
      evidence: JSONText.object([ExactText("newer step"): .text("waits for its address")]))
  }

  /// A wait on the same channel until a person fixes something; it is checked again every few minutes.
  func waiting(forFixOf reason: Reason, now: Instant, evidence: String?) -> Transition {
    let next = Recheck.nextLook(at: self, waitingFor: reason, now: now)
    return move(
      .wait(reason, until: next, routePosition: routePosition, nil), evidence: evidence)
  }

  /// A wait on the same channel, at most until the reminder is no longer useful, when it is ended.
  func waiting(_ reason: Reason, until: Instant) -> Transition {
    move(.wait(reason, until: min(until, useUntil), routePosition: routePosition, nil))
  }
}
