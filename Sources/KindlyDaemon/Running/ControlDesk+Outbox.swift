import KindlyControl
import KindlyCore
import KindlyLedger

extension ControlDesk {
  /// The verbs on single reminders or a selection of them.
  func outbox(_ request: ControlRequest, _ peer: Peer) async throws -> ControlReply {
    let now = daemon.options.clock.now
    switch request {
    case .outboxRetry(let selection):
      guard let chosen = try await chosen(selection) else { return ControlDesk.tooWide }
      let count = try await daemon.ledger.retry(chosen, note: peer.note(nil), now: now)
      await bells.dispatcher.ring()
      return .ok(text: "due now: \(counted(count, "waiting reminder"))", count: count)
    case .outboxCancel(let selection, let because):
      guard let chosen = try await chosen(selection) else { return ControlDesk.tooWide }
      let count = try await daemon.ledger.cancel(chosen, note: peer.note(because), now: now)
      return .ok(text: "\(counted(count, "reminder")) cancelled", count: count)
    case .outboxRestore(let selection, let because):
      guard let chosen = try await chosen(selection) else { return ControlDesk.tooWide }
      let count = try await daemon.ledger.restore(chosen, note: peer.note(because), now: now)
      await bells.dispatcher.ring()
      return .ok(text: "\(counted(count, "reminder")) restored", count: count)
    case .outboxSettle(let id, let settlement, let because):
      let detail = try await detail(id)
      let outcome: Settlement = settlement == .sent ? .sent : .failed
      try await daemon.ledger.settle(
        detail.summary.id, as: outcome, note: peer.note(because), now: now)
      return .ok(text: "\(id) is settled as \(outcome.rawValue)", count: 1)
    case .resend(let id, let because):
      let detail = try await detail(id)
      let new = try await daemon.ledger.resend(
        detail.summary.id, useUntil: now + Lateness.afterMoment, note: peer.note(because), now: now)
      await bells.dispatcher.ring()
      let made = try await daemon.ledger.reader.reminder(.id(new))?.summary.publicID ?? "\(new)"
      return .ok(text: "\(id) is sent again as \(made)", count: 1)
    case .pause, .resume, .sourceAccept, .sourceIgnore, .inboxRead, .suppressionAdd,
      .suppressionLift, .reload, .sendTest, .arm, .clockAccept, .standing, .ping:
      preconditionFailure("\(request.verb) is no verb of the outbox")
    }
  }

  private static let tooWide = ControlReply.refused(
    text: "choose reminders by id, or by rule, channel, state, reason or time")

  private func detail(_ id: String) async throws -> ReminderDetail {
    guard let detail = try await daemon.ledger.reader.reminder(.publicID(id)) else {
      throw UnknownReminder(id: id)
    }
    return detail
  }

  /// The ledger's selection, or nil where everything would be meant.
  private func chosen(_ selection: Selection) async throws -> ReminderSelection? {
    switch selection {
    case .ids(let ids):
      var numbers: [Int64] = []
      for id in ids { numbers.append(try await detail(id).summary.id) }
      return numbers.isEmpty ? nil : ReminderSelection(ids: numbers)
    case .matching(let filter):
      guard !filter.isEmpty else { return nil }
      return filter.reminders
    }
  }
}

/// A public id that the ledger does not have.
struct UnknownReminder: Error, CustomStringConvertible {
  let id: String

  var description: String {
    "there is no reminder \(id); `kindly outbox list` shows the ids"
  }
}
