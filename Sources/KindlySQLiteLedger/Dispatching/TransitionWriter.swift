import GRDB
import KindlyCore

/// Writes transitions inside the commit that contains them.
///
/// Every statement checks the lease and the state that it leaves, so a transition that comes too late changes nothing.
struct TransitionWriter {
  private let db: Database
  private let now: Instant
  private let ledger: [UInt8]
  private var channels: [ExactText: Int64] = [:]
  private var templates: [ExactText: Int64] = [:]
  /// The reminders whose lease no longer held.
  private(set) var dropped: [Int64] = []

  /// - Parameter ledger: the ledger's id, which salts the hashes of addresses.
  init(_ db: Database, now: Instant, ledger: [UInt8]) {
    self.db = db
    self.now = now
    self.ledger = ledger
  }

  mutating func write(_ transitions: [Transition]) throws {
    let moved = try TransitionGroups(transitions).perform(
      db, now: now, channel: { try channel($0) }, template: { try template($0) })
    var attempts: [StoredAttempt] = []
    for transition in transitions {
      guard try moved.contains(transition.reminder) || move(transition) else {
        dropped.append(transition.reminder)
        continue
      }
      let others = transition.leads ? try ParcelMoves(db, now: now).follow(transition) : []
      if let record = transition.attempt {
        let channel = try channel(record.channel)
        attempts += ([transition.reminder] + others).map { reminder in
          StoredAttempt(reminder: reminder, channel: channel, record: record)
        }
      }
      if transition.needsAnnotation { try annotate(transition) }
      if let payload = transition.payload { try keep(payload, of: transition.reminder) }
      if let announcement = transition.announcement {
        try AnnouncementTable.keep(announcement, of: transition.reminder, db)
      }
      if let address = transition.address {
        try MessageAddressTable.keep(
          address, for: transition.recipient, of: transition.reminder, ledger: ledger, db)
      }
      if let followUp = transition.followUp {
        for reminder in [transition.reminder] + others {
          try FollowUpInsertion(db, now: now).insert(followUp, after: reminder)
        }
      }
    }
    try AttemptInsertion(db).insert(attempts)
    let answered = transitions.filter(\.isAnswered).map(\.reminder)
    if !answered.isEmpty { try Payloads.drop(answered, db) }
  }

  /// Changes the state; false where the lease or the state does not fit.
  private mutating func move(_ transition: Transition) throws -> Bool {
    switch transition.move {
    case .sending(let channel, let routePosition):
      guard try ParcelMoves(db, now: now).areHeld(transition) else { return false }
      let statement = try held(transition, TransitionSQL.sending)
      statement.bind(try self.channel(channel), at: 5)
      statement.bind(try transition.templateHash.map { try template($0) }, at: 6)
      statement.bind(routePosition, at: 7)
      return try statement.run() == 1
    case .sent: return try held(transition, TransitionSQL.sent).run() == 1
    case .found: return try held(transition, TransitionSQL.found).run() == 1
    case .wait(let reason, let until, let routePosition, let record):
      let statement = try held(transition, TransitionSQL.wait)
      statement.bind(reason.rawValue, at: 5)
      statement.bind(until, at: 6)
      statement.bind(routePosition, at: 7)
      statement.bind(try record.map { try channel($0.channel) }, at: 8)
      let applied = transition.applied || record != nil || reason.followsRecheck
      statement.bind(applied ? 1 : 0, at: 9)
      statement.bind(transition.parcel, at: 10)
      return try statement.run() == 1
    case .uncertain(_, let again):
      let statement = try held(transition, TransitionSQL.uncertain)
      statement.bind(again, at: 5)
      return try statement.run() == 1
    case .end(let reason, _):
      let statement = try held(transition, TransitionSQL.end)
      statement.bind(reason.rawValue, at: 5)
      statement.bind(reason.state.rawValue, at: 6)
      return try statement.run() == 1
    case .release:
      let statement = try held(transition, TransitionSQL.release)
      statement.bind(transition.applied ? 1 : 0, at: 5)
      return try statement.run() == 1
    }
  }

  /// A statement with the four parameters that all of them have.
  private func held(_ transition: Transition, _ sql: String) throws -> Prepared {
    let statement = try Prepared(db, sql)
    statement.bind(transition.reminder, at: 1)
    statement.bind(transition.lease.owner, at: 2)
    statement.bind(transition.lease.epoch, at: 3)
    statement.bind(now, at: 4)
    return statement
  }

  private mutating func annotate(_ transition: Transition) throws {
    let statement = try Prepared(
      db,
      """
      UPDATE reminder
      SET evidence = ifnull(?2, evidence), template = ifnull(?3, template),
        passed_over = ifnull(?4, passed_over), successor = ifnull(?5, successor)
      WHERE id = ?1
      """)
    statement.bind(transition.reminder, at: 1)
    statement.bind(transition.evidence, at: 2)
    statement.bind(try transition.templateHash.map { try template($0) }, at: 3)
    statement.bind(try PassedOverText.text(of: transition.passedOver), at: 4)
    statement.bind(transition.successor, at: 5)
    try statement.run()
  }

  private func keep(_ payload: Payload, of reminder: Int64) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO payload (reminder, recipient, bytes) VALUES (?, ?, ?)
      ON CONFLICT (reminder) DO UPDATE SET recipient = excluded.recipient, bytes = excluded.bytes
      """)
    statement.bind(reminder, at: 1)
    statement.bind(payload.recipient, at: 2)
    statement.bind(blob: payload.bytes, at: 3)
    try statement.run()
  }

  private mutating func channel(_ name: String) throws -> Int64 {
    if let known = channels[name] { return known }
    let number = try SmallTables.channel(db, name)
    channels[name] = number
    return number
  }

  private mutating func template(_ hash: String) throws -> Int64 {
    if let known = templates[hash] { return known }
    let number = try SmallTables.template(db, hash)
    templates[hash] = number
    return number
  }
}

extension Transition {
  fileprivate var attempt: AttemptRecord? {
    switch move {
    case .sent(let record), .found(let record): record
    case .uncertain(let record, _), .wait(_, _, _, let record), .end(_, let record): record
    case .sending, .release: nil
    }
  }

  /// Whether something is to be kept beside the move; `sending` itself keeps the template, as every mail has one.
  fileprivate var needsAnnotation: Bool {
    if evidence != nil || successor != nil || !passedOver.isEmpty { return true }
    if case .sending = move { return false }
    return templateHash != nil
  }

  /// Whether the move may be an answer that ends the need for the payload.
  fileprivate var isAnswered: Bool {
    switch move {
    case .sent, .found, .end, .release: true
    case .wait(_, _, _, let record): record != nil
    case .sending, .uncertain: false
    }
  }
}

enum Payloads {
  /// Deletes the stored payloads of reminders that are decided or were certainly not accepted.
  static func drop(_ reminders: [Int64], _ db: Database) throws {
    // Hardly any reminder has one.
    guard try !Prepared(db, "SELECT 1 FROM payload LIMIT 1").integers().isEmpty else { return }
    let statement = try Prepared(
      db,
      """
      DELETE FROM payload
      WHERE reminder IN (
        SELECT value FROM json_each(?) JOIN reminder ON reminder.id = value
        WHERE decided_at IS NOT NULL OR state = \(state: .waiting) AND uncertainties = 0)
      """)
    statement.bind(JSONNumbers.array(reminders), at: 1)
    try statement.run()
  }

  /// Deletes the payloads of reminders that data or rules ended between two attempts. There are few payloads at any
  /// time.
  static func dropDecided(_ db: Database) throws {
    let statement = try Prepared(
      db,
      """
      DELETE FROM payload
      WHERE reminder IN (
        SELECT reminder.id
        FROM payload CROSS JOIN reminder ON reminder.id = payload.reminder
        WHERE decided_at IS NOT NULL)
      """)
    try statement.run()
  }
}
