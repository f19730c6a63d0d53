import GRDB
package import KindlyCore

extension SQLiteLedger: KeepingLedger {
  package func arm(_ note: ActionNote, now: Instant) async throws {
    let (machine, place) = (machine, LedgerPlace(of: files.database))
    let marker = try await writer.submit { db in
      var state = try FencedLedger(db)
      state.instance = try String.fetchOne(db, sql: "SELECT lower(hex(randomblob(16)))") ?? ""
      state.epoch += 1
      state.machine = machine
      state.backupOf = nil
      try state.store(db)
      // What is due now has piled up, and another copy may have sent some of it.
      try FuseTable.noteResumption(now: now, db)
      try ActionTable.record("arm", "ledger", note, now: now, db)
      return state.marker(place)
    }
    try await write(marker)
    fenceState.arm()
  }

  package func lastTime() async throws -> Instant {
    try await reader.read { db in try RecordedTime.latest(db) }
  }

  package func note(_ problems: [Problem], now: Instant) async throws {
    try await writer.submit(rows: problems.count) { db in
      try ProblemTable.replace(with: problems, now: now, db)
    }
  }

  package func tidy(now: Instant) async throws {
    while try await writer.submit(rows: PublicIndex.portion, { try PublicIndex.extend($0) }) {}
    let (armed, place, run) = (fence.isArmed, LedgerPlace(of: files.database), run)
    let marker: InstanceMarker? = try await writer.submit { db in
      try db.execute(
        sql: "UPDATE ledger SET last_time = max(last_time, ?)", arguments: [now.milliseconds])
      try db.execute(
        sql: "UPDATE run SET until = ? WHERE id = ?",
        arguments: [(now + Lease.length).milliseconds, run])
      guard armed else { return nil }
      var state = try FencedLedger(db)
      state.epoch += 1
      try state.store(db)
      return state.marker(place)
    }
    if let marker { try await write(marker) }
    try await writer.checkpoint()
  }

  package func backup(to path: String, now: Instant) async throws {
    try await Backup(from: files.database, to: path, now: now).make()
  }

  /// Writes the marker on the writer's thread, after the commit that it repeats.
  private func write(_ marker: InstanceMarker) async throws {
    let file = self.marker
    try await writer.submit { _ in try file.write(marker) }
  }
}

/// The table of facts: what the ledger knows of itself, one text a name.
enum Facts {
  static func keep(_ name: String, _ text: String, now: Instant, _ db: Database) throws {
    try db.execute(
      sql: """
        INSERT INTO fact (name, text, at) VALUES (?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET text = excluded.text, at = excluded.at
        """, arguments: [name, text, now.milliseconds])
  }
}
