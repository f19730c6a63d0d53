import Foundation
import GRDB
import KindlyCore

/// Records what mails say about reminders, inside the commit that moves the mailbox's position.
struct AnswerWriter {
  private let db: Database
  private let now: Instant
  /// The reminders that the mails name.
  private let known: [ExactText: Int64]
  /// The ledger's id, with which addresses are hashed.
  private let ledger: [UInt8]

  init(_ db: Database, now: Instant, known: [ExactText: Int64], ledger: [UInt8]) {
    self.db = db
    self.now = now
    self.known = known
    self.ledger = ledger
  }

  /// Records one mail.
  func record(_ mail: ReadMail) throws -> AnswerOutcome {
    guard let reminder = try reminder(mail.references) else { return .unknown }
    if reminder.isRedirected { return .nothing }
    switch mail.content {
    case .nothing: return .nothing
    case .bounce(let kind, let status, let text):
      return try bounced(reminder, mail, kind, status, text)
    case .reply(let kind, let text): return try answered(reminder, mail, kind, text)
    case .optOutIfMarketing(let text):
      return try answered(reminder, mail, reminder.isMarketing ? .optOut : .reply, text)
    }
  }

  /// A reminder, as far as recording needs it.
  private struct Subject {
    let id: Int64
    let rule: Int64
    let ruleName: String
    let key: String
    let cycle: Cycle
    let customer: String?
    let isMarketing: Bool
    /// Whether the message went to the customer, and not to a colleague.
    let isToCustomer: Bool
    /// Whether it went to the one address that gets everything, whose reader answers for nobody.
    let isRedirected: Bool
    let channel: String?
    let addressHash: Data?
  }

  /// The first of the reminders that exists; an id in a mail may be of another ledger, or long purged.
  private func reminder(_ references: [String]) throws -> Subject? {
    for publicID in references {
      guard let id = known[publicID] else { continue }
      let row = try Row.fetchOne(
        db,
        sql: """
          SELECT rule, rule.name, row_key, cycle, customer, message_class,
            channel.name AS channel_name, address_hash,
            -- Who got it, if that was not the customer. A hand-over that a crash cut off has no attempt that says so;
            -- of a redirected one no address is kept.
            nullif(iif(last.recipient = ?2, last.recipient,
              ifnull(message_address.recipient, last.recipient)), '') AS recipient
          FROM reminder
            LEFT JOIN attempt AS last ON last.reminder = reminder.id
              AND last.number = (SELECT max(number) FROM attempt WHERE attempt.reminder = reminder.id)
            JOIN rule ON rule.id = reminder.rule
            LEFT JOIN channel ON channel.id = reminder.channel
            LEFT JOIN message_address ON message_address.reminder = reminder.id
          WHERE reminder.id = ?1
          """, arguments: [id, AttemptRecord.redirected])
      guard let row else { continue }
      let recipient: String? = row["recipient"]
      return Subject(
        id: id, rule: row["rule"], ruleName: row["name"], key: row["row_key"],
        cycle: Cycle(stored: row["cycle"]), customer: row["customer"],
        isMarketing: try Stored.messageClass(row["message_class"]) == .marketing,
        isToCustomer: recipient == nil,
        isRedirected: recipient?.isExactly(AttemptRecord.redirected) ?? false,
        channel: row["channel_name"], addressHash: row["address_hash"])
    }
    return nil
  }

  // MARK: Bounces

  private func bounced(
    _ subject: Subject, _ mail: ReadMail, _ kind: BounceKind, _ status: String?, _ text: String
  ) throws -> AnswerOutcome {
    // The mail that bounced may be a forward of ours, or a copy to somebody else, whose address says nothing of ours.
    let kind = kind == .hard && !concerns(subject, mail.recipients) ? BounceKind.soft : kind
    try db.execute(
      sql: """
        INSERT INTO bounce (reminder, at, kind, status, text, mail_hash) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (mail_hash) DO NOTHING
        """,
      arguments: [
        subject.id, now.milliseconds, kind.rawValue, status, text, Data(mail.hash),
      ])
    guard db.changesCount > 0 else { return .nothing }
    let isSuppressing =
      switch kind {
      case .hard: true
      case .soft: try SoftBounces.suppress(softBounces(of: subject))
      case .refused, .delayed: false
      }
    let words = "the message bounced: " + (status.map { "\($0), " } ?? "") + text
    let suppressed = try isSuppressing && suppress(subject, .everything, because: words)
    return outcome(subject, suppressed: suppressed ? .everything : nil)
  }

  /// Whether a bounce is about the address that the message went to; a bounce that names no address is.
  private func concerns(_ subject: Subject, _ recipients: [String]) -> Bool {
    recipients.isEmpty
      || recipients.contains { address in
        PublicIdentity.hashes(ofAddress: address, ledger: ledger).contains {
          subject.addressHash == Data($0)
        }
      }
  }

  /// Of the last messages to the address, when each bounced.
  private func softBounces(of subject: Subject) throws -> [Instant?] {
    guard let hash = subject.addressHash else { return [] }
    return try Row.fetchAll(
      db,
      sql: """
        SELECT (SELECT max(at) FROM bounce
          WHERE bounce.reminder = message_address.reminder AND kind = \(BounceKind.soft.rawValue)) AS at
        FROM message_address
        WHERE address_hash = ?
        ORDER BY message_address.reminder DESC
        LIMIT \(SoftBounces.most)
        """, arguments: [hash]
    ).map { row in
      let at: Int64? = row["at"]
      return at.map(Instant.init(milliseconds:))
    }
  }

  // MARK: Replies

  private func answered(
    _ subject: Subject, _ mail: ReadMail, _ kind: AnswerKind, _ text: String
  ) throws -> AnswerOutcome {
    // A report from a colleague's provider says nothing about the customer.
    if !subject.isToCustomer, kind == .complaint { return .nothing }
    var (kind, text) = (kind, text)
    // Without the message's address, nothing can be suppressed. As a reply it becomes a task, so that a person acts.
    if subject.addressHash == nil, kind != .reply {
      if kind == .complaint { text = "The customer reported the message as unwanted." }
      kind = .reply
    }
    try db.execute(
      sql: """
        INSERT INTO reply
          (reminder, rule, row_key, occurrence, at, kind, text, mail_hash, by_colleague)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (mail_hash) DO NOTHING
        """,
      arguments: [
        subject.id, subject.rule, subject.key, subject.cycle.occurrence.text, now.milliseconds,
        (subject.isToCustomer ? kind : .reply).rawValue, text, Data(mail.hash),
        !subject.isToCustomer,
      ])
    guard db.changesCount > 0 else { return .nothing }
    try keepRows(of: db.lastInsertedRowID, to: subject)
    // A colleague's reply does not speak for the customer. It ends only reminders to colleagues, and who gets a
    // reminder is known only when it is due.
    guard subject.isToCustomer else { return outcome(subject, suppressed: nil) }
    let words: String? =
      switch kind {
      case .reply: nil
      case .optOut: "the customer answered with a word that ends marketing"
      case .complaint: "the customer reported the message as unwanted"
      }
    let suppressed = try words.map { try suppress(subject, .marketing, because: $0) } ?? false
    let ended = try endLadder(of: subject)
    return outcome(subject, suppressed: suppressed ? .marketing : nil, ended: ended)
  }

  /// Stores the rows of the other reminders of the answered message.
  private func keepRows(of reply: Int64, to subject: Subject) throws {
    let others = try Row.fetchAll(
      db, sql: "SELECT rule, row_key, cycle FROM reminder WHERE lead = ?", arguments: [subject.id])
    for other in others {
      try db.execute(
        sql: """
          INSERT INTO reply_other (reply, rule, row_key, occurrence) VALUES (?, ?, ?, ?)
          ON CONFLICT DO NOTHING
          """,
        arguments: [
          reply, other["rule"] as Int64, other["row_key"] as String,
          Cycle(stored: other["cycle"]).occurrence.text,
        ])
    }
  }

  /// Ends the waiting reminders of the same rule and row, for each row of the message.
  ///
  /// Claimed reminders are rechecked before they are sent; uncertain ones are left to their channel.
  private func endLadder(of subject: Subject) throws -> Int {
    try db.execute(
      sql: AnswerWriter.endLadderSQL, arguments: ["now": now.milliseconds, "id": subject.id])
    return db.changesCount
  }

  // Each row is a search of its own: for a list of rules and rows, SQLite would read all reminders of each rule.
  static let endLadderSQL = """
    UPDATE reminder
    SET state = \(state: .skipped), reason = \(reason: .replied), reason_since = :now,
      decided_at = :now, next_at = NULL
    WHERE id IN (
        SELECT other.id
        FROM reminder AS one
          CROSS JOIN reminder AS other ON other.rule = one.rule AND other.row_key = one.row_key
        WHERE one.id = :id OR one.lead = :id)
      AND state = \(state: .waiting) AND uncertainties = 0 AND trigger_kind <> \(trigger: .person)
    """

  // MARK: Parts

  /// Suppresses the address that the message went to; false if it is suppressed already, or not known.
  private func suppress(
    _ subject: Subject, _ scope: SuppressionScope, because: String
  ) throws -> Bool {
    guard let hash = subject.addressHash else { return false }
    try db.execute(
      sql: """
        INSERT INTO suppression (address_hash, scope, because, since, channel, customer, reminder)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (address_hash, scope) DO NOTHING
        """,
      arguments: [
        hash, scope.rawValue, because, now.milliseconds, subject.channel,
        subject.isToCustomer ? subject.customer : nil,
        subject.id,
      ])
    return db.changesCount > 0
  }

  private func outcome(
    _ subject: Subject, suppressed: SuppressionScope?, ended: Int = 0
  ) -> AnswerOutcome {
    .recorded(
      AnswerOutcome.Recorded(
        reminder: subject.id, rule: subject.ruleName,
        customer: subject.customer.map(RowKey.init(canonical:)), suppressed: suppressed,
        ended: ended, isByColleague: !subject.isToCustomer))
  }
}
