import GRDB
import KindlyCore

/// The transitions of one submission that a single statement can perform: hand-overs over one channel, or `sent`, under
/// one lease.
///
/// Most of the cost of an update is opening the table's many indexes; a set-based update opens them only once.
struct TransitionGroups {
  private struct Key: Hashable {
    let lease: Lease
    /// The channel that is handed over to; nil for what was sent.
    let channel: String?
    /// That channel's place in the route.
    var routePosition = 0
    /// The template of what is handed over.
    var template: String?
  }

  /// Below this a statement for each is as fast.
  private static let smallest = 8

  private var groups: [Key: [Int64]] = [:]
  private var seen: Set<Int64> = []

  /// Groups the transitions. If a reminder moves twice in one submission, order matters, and nothing is grouped.
  init(_ transitions: [Transition]) {
    guard transitions.count >= TransitionGroups.smallest else { return }
    for transition in transitions {
      guard seen.insert(transition.reminder).inserted else {
        groups = [:]
        return
      }
      guard let key = TransitionGroups.key(of: transition) else { continue }
      groups[key, default: []].append(transition.reminder)
    }
    groups = groups.filter { $0.value.count >= TransitionGroups.smallest }
  }

  /// Performs the groups and returns the reminders that were moved.
  ///
  /// If a group contains a reminder that is no longer held, its transitions are left to the single statements, which
  /// find out which one it is.
  func perform(
    _ db: Database, now: Instant, channel: (String) throws -> Int64,
    template: (String) throws -> Int64
  ) throws -> Set<Int64> {
    var moved: Set<Int64> = []
    for (key, ids) in groups {
      let isSending = key.channel != nil
      let picked = JSONNumbers.array(ids)
      let count = try statement(TransitionSQL.countHeld, picked, key.lease, db)
      count.bind(isSending ? ReminderState.claimed.rawValue : ReminderState.sending.rawValue, at: 4)
      guard try count.integers() == [Int64(ids.count)] else { continue }
      let sql = isSending ? TransitionSQL.allSending : TransitionSQL.allSent
      let statement = try statement(sql, picked, key.lease, db)
      statement.bind(now, at: 4)
      if let name = key.channel {
        statement.bind(try channel(name), at: 5)
        statement.bind(try key.template.map(template), at: 6)
        statement.bind(key.routePosition, at: 7)
      }
      try statement.run()
      moved.formUnion(ids)
    }
    return moved
  }

  private func statement(
    _ sql: String, _ picked: String, _ lease: Lease, _ db: Database
  ) throws -> Prepared {
    let statement = try Prepared(db, sql)
    statement.bind(picked, at: 1)
    statement.bind(lease.owner, at: 2)
    statement.bind(lease.epoch, at: 3)
    return statement
  }

  private static func key(of transition: Transition) -> Key? {
    // The others of its message move with it.
    if transition.leads { return nil }
    return switch transition.move {
    case .sending(let channel, let routePosition):
      Key(
        lease: transition.lease, channel: channel, routePosition: routePosition,
        template: transition.templateHash)
    case .sent: Key(lease: transition.lease, channel: nil)
    case .found, .wait, .uncertain, .end, .release: nil
    }
  }
}
