import KindlyCore

/// The outbox from the lanes' point of view: how much to claim next, and when to look again.
struct Outlook {
  /// How many reminders to claim from each queue; empty if nothing due has room.
  let shares: [ClaimShare]
  /// When the next reminder falls due; nil where nothing else is planned.
  let nextDue: Instant?
  /// The channels that have more due than their lane takes.
  let busy: Set<ExactText>
  /// Whether digests are due and every reminder that may belong to them has been read.
  let claimsDigests: Bool
  /// The rules that have reminders due.
  let dueRules: Set<ExactText>

  init(
    _ queues: [OutboxQueue], nextDigest: Instant?, _ generation: Generation,
    _ lanes: [ExactText: Lane], limit: Int, now: Instant
  ) async {
    var room: [ExactText: [MessageClass: Int]] = [:]
    for (channel, lane) in lanes {
      for messageClass in MessageClass.allCases {
        room[channel, default: [:]][messageClass] = await lane.room(for: messageClass)
      }
    }
    let claimants = queues.map { generation.claimant($0) }
    shares = FairShare.divide(limit, among: claimants) { room[$0]?[$1] ?? 0 }
    dueRules = Set(texts: queues.filter { $0.due > 0 }.map(\.rule))
    nextDue = (queues.map(\.next) + [nextDigest].compactMap(\.self)).filter { $0 > now }.min()
    let isCollecting = queues.contains { queue in
      queue.due > 0 && generation.rules[queue.rule]?.presentStep(named: queue.step)?.digest != nil
    }
    claimsDigests = !isCollecting && nextDigest.map { $0 <= now } ?? false
    busy = Set(
      claimants.compactMap { claimant in
        guard let channel = claimant.channel, claimant.queue.due > 0 else { return nil }
        return room[channel]?[claimant.messageClass] == 0 ? ExactText(channel) : nil
      })
  }
}

extension Outlook {
  /// The request to claim due reminders for which there is room.
  func request(now: Instant) -> ClaimRequest {
    ClaimRequest(now: now, shares: shares, claimsDigests: claimsDigests)
  }
}

extension Generation {
  /// The channel and the class of a queue's reminders, as the rules are now.
  fileprivate func claimant(_ queue: OutboxQueue) -> FairShare.Claimant {
    guard let step = rules[queue.rule]?.presentStep(named: queue.step) else {
      return FairShare.Claimant(queue: queue, channel: nil, messageClass: .care)
    }
    // A reminder of a digest takes no room in a lane yet.
    let channel =
      step.digest == nil
      ? step.leg(queue.id.leg)?.route.channel(at: queue.id.routePosition, among: channelNames)
      : nil
    return FairShare.Claimant(
      queue: queue, channel: channel.flatMap { outlets[$0] == nil ? nil : $0 },
      messageClass: step.messageClass)
  }
}
