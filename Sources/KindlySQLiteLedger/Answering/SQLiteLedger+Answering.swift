import GRDB
package import KindlyCore

extension SQLiteLedger: AnswerLedger {
  package func mailboxPosition() async throws -> MailboxPosition? {
    try await reader.read { db in
      try Row.fetchOne(db, sql: "SELECT account, validity, uid FROM mailbox").map { row in
        let account: String? = row["account"]
        return MailboxPosition(
          account: account.map { ExactText($0) }, validity: row["validity"], uid: row["uid"])
      }
    }
  }

  package func unmarkedMails() async throws -> [UInt32] {
    try await reader.read { db in
      try UInt32.fetchAll(
        db, sql: "SELECT uid FROM unmarked_mail ORDER BY uid LIMIT ?",
        arguments: [GroupCommit.mostRows])
    }
  }

  package func record(
    _ mails: [ReadMail], through position: MailboxPosition, marking: Bool, now: Instant
  ) async throws -> [AnswerOutcome] {
    // Ids never change, so the search need not hold up the writer.
    let names = Set(texts: mails.flatMap(\.references))
    let known = try await reader.read { db in try PublicIndex.find(names, db) }
    let ledger = identity.ledger
    return try await writer.submit(rows: mails.count + 1) { db in
      let place: StatementArguments = [
        "account": position.account?.string, "validity": position.validity, "uid": position.uid,
      ]
      // UIDs of another mailbox or numbering, or of a mailbox that was restored, name other mails.
      try db.execute(
        sql: """
          DELETE FROM unmarked_mail
          WHERE NOT EXISTS (
            SELECT 1 FROM mailbox
            WHERE (account IS NULL OR account = :account) AND validity = :validity AND uid <= :uid)
          """, arguments: place)
      let writer = AnswerWriter(db, now: now, known: known, ledger: ledger)
      let outcomes = try mails.map(writer.record)
      if marking {
        for (mail, outcome) in zip(mails, outcomes) where outcome != .unknown {
          try db.execute(
            sql: "INSERT INTO unmarked_mail (uid) VALUES (?) ON CONFLICT (uid) DO NOTHING",
            arguments: [mail.uid])
        }
      }
      try db.execute(
        sql: """
          INSERT INTO mailbox (id, account, validity, uid) VALUES (1, :account, :validity, :uid)
          ON CONFLICT (id) DO UPDATE
          SET account = excluded.account, validity = excluded.validity, uid = excluded.uid
          """, arguments: place)
      return outcomes
    }
  }

  package func noteMarked(_ mails: [UInt32]) async throws {
    try await writer.submit(rows: mails.count) { db in
      try db.execute(
        sql: "DELETE FROM unmarked_mail WHERE uid IN (SELECT value FROM json_each(?))",
        arguments: [JSONNumbers.array(mails.map(Int64.init))])
    }
  }
}

extension SQLiteLedger {
  package func replied(among reminders: [Int64]) async throws -> Replied {
    try await reader.read { db in
      let statement = try Prepared(
        db,
        """
        SELECT one.id, one.cycle, one.created_at <= reply.at, reply.occurrence, reply.by_colleague
        FROM json_each(?1) AS picked
          CROSS JOIN reminder AS one ON one.id = picked.value
            AND one.trigger_kind <> \(trigger: .person)
          CROSS JOIN reply ON reply.rule = one.rule AND reply.row_key = one.row_key
        UNION ALL
        SELECT one.id, one.cycle, one.created_at <= reply.at, reply_other.occurrence,
          reply.by_colleague
        FROM json_each(?1) AS picked
          CROSS JOIN reminder AS one ON one.id = picked.value
            AND one.trigger_kind <> \(trigger: .person)
          CROSS JOIN reply_other ON reply_other.rule = one.rule AND reply_other.row_key = one.row_key
          CROSS JOIN reply ON reply.id = reply_other.reply
        """)
      statement.bind(JSONNumbers.array(reminders), at: 1)
      var replied = Replied()
      while try statement.step() {
        let occurrence = Cycle(stored: statement.text(1)).occurrence.text
        guard statement.integer(2) != 0 || statement.text(3).isExactly(occurrence) else { continue }
        if statement.integer(4) == 0 {
          replied.byCustomers.insert(statement.integer(0))
        } else {
          replied.byColleagues.insert(statement.integer(0))
        }
      }
      return replied
    }
  }
}

/// Whom messages went to.
enum MessageAddressTable {
  /// Keeps the hash of the address that a message is about to go to, and who gets it; of several hand-overs the last
  /// one counts.
  ///
  /// - Parameter recipient: nil for the customer.
  static func keep(
    _ address: String, for recipient: String?, of reminder: Int64, ledger: [UInt8], _ db: Database
  ) throws {
    let statement = try Prepared(
      db,
      """
      INSERT INTO message_address (reminder, address_hash, recipient) VALUES (?, ?, ?)
      ON CONFLICT (reminder) DO UPDATE
      SET address_hash = excluded.address_hash, recipient = excluded.recipient
      """)
    statement.bind(reminder, at: 1)
    statement.bind(blob: PublicIdentity.hash(ofAddress: address, ledger: ledger), at: 2)
    statement.bind(recipient ?? "", at: 3)
    try statement.run()
  }
}
