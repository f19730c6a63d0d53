import Foundation
import GRDB
import Glibc
package import KindlyCore

/// How to open the ledger.
package struct LedgerOptions: Sendable {
  package var path: String
  /// Whether a new ledger may be made where neither a database nor a marker is.
  package var create: Bool
  /// The domain of every Message-ID created from now on; existing ones keep theirs.
  package var messageDomain: String
  /// The program's version, for the record of runs.
  package var version: String
  /// What tells this machine from another; nil leaves the comparison out.
  package var machine: String?
  /// Told of each commit; nil outside of tests.
  package var commits: CommitWitness?

  package init(
    path: String, create: Bool = false, messageDomain: String = "kindly.invalid",
    version: String = "", machine: String? = nil, commits: CommitWitness? = nil
  ) {
    self.path = path
    self.create = create
    self.messageDomain = messageDomain
    self.version = version
    self.machine = machine
    self.commits = commits
  }
}

/// A ledger that passed every check, on its way to becoming the writer.
struct OpenedLedger {
  let files: LedgerFiles
  let lock: LedgerLock
  let database: DatabaseQueue
  let reader: SQLiteLedgerReader
  let run: Int64
  let identity: PublicIdentity
  let machine: String?
  let marker: MarkerFile
  let fence: LedgerFence
  /// The ledger's commits while it was armed.
  let commits: Int64
  let witness: CommitWitness?
}

extension SQLiteLedger {
  /// Opens the ledger for writing; blocks until it is checked and up to date, so it is called once, at start.
  ///
  /// A ledger that is missing, empty, damaged or of a newer version is refused, never replaced. One that may be a copy
  /// opens disarmed. `fatal` is called when the disk fails under a commit and is expected to end the process.
  package convenience init(
    opening options: LedgerOptions, now: Instant, fatal: @escaping @Sendable (LedgerProblem) -> Void
  ) throws {
    let files = LedgerFiles(database: options.path)
    try LedgerFiles.requireFolder(files.folder)
    if !options.create, try LedgerConnection.isAbsent(files.database) {
      // Before the lock's file is made: the daemon's user could not open one that root leaves here.
      try SQLiteLedger.requireNew(files, InstanceMarker(at: files.marker), options)
    }
    let lock = try LedgerLock(files.lock)
    do {
      self.init(try SQLiteLedger.prepare(files, lock, options, now), fatal: fatal)
    } catch {
      lock.release()
      throw error
    }
  }

  private static func prepare(
    _ files: LedgerFiles, _ lock: LedgerLock, _ options: LedgerOptions, _ now: Instant
  ) throws -> OpenedLedger {
    let marker = try InstanceMarker(at: files.marker)
    if try LedgerConnection.isAbsent(files.database) {
      try requireNew(files, marker, options)
      try create(files, options, now)
    }
    try requireContent(files.database)
    // Asked through a connection that cannot write: a ledger of a newer version must stay as it is.
    let reader = try LedgerConnection.reading(files.database)
    try LedgerConnection.attempt("read", files.database) {
      try reader.read { try LedgerConnection.inspect($0, files.database) }
      try reader.close()
    }
    let database = try LedgerConnection.writing(files.database)
    let markerFile = MarkerFile(files.marker)
    let opening = try LedgerConnection.attempt("bring up to date", files.database) {
      try database.inDatabase { db in
        try Migration.migrate(db)
        return try start(db, marker, markerFile, options, files, now)
      }
    }
    return OpenedLedger(
      files: files, lock: lock, database: database,
      reader: try SQLiteLedgerReader(path: files.database), run: opening.run,
      identity: PublicIdentity(ledger: opening.ledger, domain: options.messageDomain),
      machine: options.machine, marker: markerFile, fence: opening.fence, commits: opening.commits,
      witness: options.commits)
  }

  /// Judges the fence, moves the epoch on where it holds, and records the start.
  private static func start(
    _ db: Database, _ marker: InstanceMarker?, _ markerFile: MarkerFile,
    _ options: LedgerOptions, _ files: LedgerFiles, _ now: Instant
  ) throws -> (run: Int64, ledger: [UInt8], fence: LedgerFence, commits: Int64) {
    var state = try FencedLedger(db)
    let place = LedgerPlace(of: files.database)
    let fence = state.fence(marker: marker, machine: options.machine, place: place)
    if fence.isArmed {
      // A crash may have left the marker one epoch behind. It catches up first, so that it is never two behind.
      try markerFile.write(state.marker(place))
      state.epoch += 1
      state.machine = options.machine ?? state.machine
    }
    let run = try db.inTransactionReturning {
      try state.store(db)
      // Whoever has the lock knows that every process that had it before has ended, and so have its leases.
      try db.execute(sql: "UPDATE run SET until = 0 WHERE until > 0")
      try db.execute(
        sql: "INSERT INTO run (pid, host, version, started_at, until) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          Int64(getpid()), ProcessInfo.processInfo.hostName, options.version, now.milliseconds,
          (now + Lease.length).milliseconds,
        ])
      return db.lastInsertedRowID
    }
    if fence.isArmed { try markerFile.write(state.marker(place)) }
    return (run, try ledgerID(db), fence, state.commits)
  }

  static func ledgerID(_ db: Database) throws -> [UInt8] {
    try [UInt8](Data.fetchOne(db, sql: "SELECT ledger_id FROM ledger") ?? Data())
  }
}

// MARK: - A new ledger

extension SQLiteLedger {
  /// Allows a missing database to be created only if nothing shows that there was one.
  private static func requireNew(
    _ files: LedgerFiles, _ marker: InstanceMarker?, _ options: LedgerOptions
  ) throws {
    if marker != nil {
      throw LedgerProblem(
        .missing,
        "there is no ledger at \(files.database), but its marker \(files.marker) says there was one",
        hint:
          "restore a backup; remove the marker only if nothing was ever sent from here")
    }
    guard options.create else { throw LedgerConnection.absence(of: files.database) }
  }

  private static func requireContent(_ path: String) throws {
    guard LedgerConnection.size(path) == 0 else { return }
    throw LedgerProblem(
      .empty, "the ledger \(path) is an empty file; what was sent is not in it",
      hint: "restore a backup; Kindly makes a new ledger only if there is no file")
  }

  /// Makes a ledger under another name and renames it, so that a crash leaves none rather than half of one.
  private static func create(_ files: LedgerFiles, _ options: LedgerOptions, _ now: Instant) throws
  {
    let draft = files.database + ".new"
    for leftover in [draft, draft + "-journal"] { unlink(leftover) }
    // Made before SQLite does, because it holds personal data that others need not read.
    let descriptor = Glibc.open(draft, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else {
      throw LedgerProblem.system("make", "the ledger \(draft)")
    }
    // The owner's group reads along, whatever the umask is; SQLite gives the files beside it the same mode.
    fchmod(descriptor, 0o640)
    Glibc.close(descriptor)
    try LedgerConnection.attempt("make", draft) {
      let queue = try DatabaseQueue(path: draft)
      try queue.inDatabase { db in
        try Migration.migrate(db)
        try db.execute(
          sql: """
            INSERT INTO ledger (id, ledger_id, instance, epoch, machine, created_at, last_time)
            VALUES (1, randomblob(16), lower(hex(randomblob(16))), 0, ?, ?, 0)
            """, arguments: [options.machine, now.milliseconds])
      }
      try queue.close()
    }
    guard rename(draft, files.database) == 0 else {
      throw LedgerProblem.system("rename", "the new ledger \(draft)")
    }
  }
}

extension LedgerFiles {
  static func requireFolder(_ folder: String) throws {
    var status = stat()
    let found = stat(folder, &status) == 0
    if !found, errno != ENOENT, errno != ENOTDIR {
      throw LedgerProblem.system("open", "the ledger's folder \(folder)")
    }
    guard found, status.st_mode & S_IFMT == S_IFDIR else {
      throw LedgerProblem(
        .missing, "the ledger's folder \(folder) does not exist",
        hint: "make it, owned by the user that Kindly runs as")
    }
  }
}

extension FencedLedger {
  init(_ db: Database) throws {
    let row = try Row.fetchOne(
      db, sql: "SELECT instance, epoch, machine, backup_of, commits FROM ledger")
    guard let row else {
      throw LedgerProblem(
        .damaged, "the ledger has no row about itself",
        hint: "restore a backup; do not delete the file: it records what was sent")
    }
    let made: Int64? = row["backup_of"]
    self.init(
      instance: row["instance"], epoch: row["epoch"], machine: row["machine"],
      backupOf: made.map(Instant.init(milliseconds:)), commits: row["commits"])
  }

  /// The marker that goes with this state.
  func marker(_ place: LedgerPlace?) -> InstanceMarker {
    InstanceMarker(instance: instance, epoch: epoch, place: place, commits: commits)
  }

  /// Keeps what changes at a start, a tidying or an arming; commits are counted by the writer.
  func store(_ db: Database) throws {
    try db.execute(
      sql: "UPDATE ledger SET instance = ?, epoch = ?, machine = ?, backup_of = ?",
      arguments: [instance, epoch, machine, backupOf?.milliseconds])
  }
}

extension Database {
  /// Runs statements in one transaction and gives their result.
  func inTransactionReturning<Result>(_ body: () throws -> Result) throws -> Result {
    try beginTransaction(.immediate)
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      // Losing the error is right: the one that led here is thrown.
      if isInsideTransaction { try? rollback() }
      throw error
    }
  }
}
