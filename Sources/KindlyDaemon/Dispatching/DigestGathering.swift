import KindlyCore

/// Puts the reminders of digests into parcels. Parcels whose time has come are sent; the others wait.
struct DigestGathering {
  let ledger: any DispatchingLedger
  /// The company's zone, for recipients without one.
  let zone: Zone
  let now: Instant

  /// Sorts reminders that may be sent into parcels; a reminder without a digest is a parcel of one.
  func gather(_ ready: [ReadyReminder]) async throws -> [Triaged] {
    var parcels: [ParcelIdentity: [ReadyReminder]] = [:]
    var single: [Triaged] = []
    var collected: [(ready: ReadyReminder, identity: ParcelIdentity)] = []
    for ready in ready {
      guard let identity = ready.parcel(in: zone, now: now) else {
        single.append(.errand(.handOver(Parcel(ready))))
        continue
      }
      if ready.reminder.parcel == identity.number, identity.at <= now {
        parcels[identity, default: []].append(ready)
      } else {
        collected.append((ready, identity))
      }
    }
    // In a fixed order, so that each run does the same.
    let together = parcels.values.compactMap { Parcel($0) }
      .sorted { $0.lead.reminder.id < $1.lead.reminder.id }
      .map { Triaged.errand(.handOver($0)) }
    return single + together + (try await collect(collected))
  }

  /// Makes reminders wait for their digest, or for the next one if that digest has already been sent.
  ///
  /// A reminder that would be too late by then is sent at once instead, in a further message. So is a follow-up: the
  /// digest that it belongs to is always the one at its due time, so a later one would never take it.
  private func collect(
    _ collected: [(ready: ReadyReminder, identity: ParcelIdentity)]
  ) async throws -> [Triaged] {
    let late = Set(collected.map(\.identity).filter { $0.at <= now }.map(\.number))
    let departed = late.isEmpty ? [] : try await ledger.departed(late)
    return collected.map { ready, identity in
      let reminder = ready.reminder
      let hasMissed =
        departed.contains(identity.number) && !FollowUp.isFollowUp(leg: reminder.leg)
      let next = hasMissed ? ready.nextParcel(in: zone, after: now) : nil
      let identity = next.flatMap { $0.at < reminder.useUntil ? $0 : nil } ?? identity
      guard identity.at < reminder.useUntil else { return .moved(reminder.ended(.tooLate)) }
      return .moved(
        reminder.move(
          .wait(.digest, until: identity.at, routePosition: ready.routePosition, nil),
          parcel: identity.number))
    }
  }
}

extension ReadyReminder {
  /// The parcel that it is sent with; nil if it is sent by itself because it has no digest, a person resends it, or it
  /// may have arrived.
  func parcel(in zone: Zone, now: Instant) -> ParcelIdentity? {
    guard waitsForDigest else { return nil }
    return step.digestTime(
      of: reminder.leg, reminder.cycle, due: reminder.due, now: now, in: recipient.zone ?? zone
    ).flatMap(parcel)
  }

  /// The parcel of the first digest after an instant.
  func nextParcel(in zone: Zone, after now: Instant) -> ParcelIdentity? {
    step.digest.flatMap { parcel(at: $0.first(after: now, in: recipient.zone ?? zone)) }
  }

  /// Whether it is sent now if nothing stops it; otherwise it is only put into its digest.
  var leavesNow: Bool { !waitsForDigest || reminder.parcel != nil }

  /// Whether its digest decides when it is sent.
  var waitsForDigest: Bool {
    step.awaitedDigest(of: reminder.cycle) != nil && reminder.uncertainties == 0
  }

  private func parcel(at time: Instant) -> ParcelIdentity? {
    step.leg(reminder.leg).map { leg in
      ParcelIdentity(
        at: time, recipient: recipient.distinctKey, route: leg.route,
        channel: outlet.channel.name, template: step.template, messageClass: step.messageClass)
    }
  }
}
