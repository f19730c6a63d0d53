import Foundation
import GRDB
import Glibc
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlySQLiteLedger

@Suite("Opening: what is refused, and what starts disarmed")
struct FenceTests {
  private let start = TemporaryLedger.start

  /// A ledger's folder in which one reminder waits, closed.
  private func folder() async throws -> TemporaryLedger {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1)])
    await fixture.ledger.close(now: start)
    return fixture.temporary
  }

  private func reopen(_ folder: URL, machine: String? = nil) async throws -> LedgerFence {
    let ledger = try TemporaryLedger.open(in: folder, machine: machine)
    let fence = ledger.fence
    let claimed = try await ledger.claim(atMost: 10, now: start)
    #expect(claimed.isEmpty == !fence.isArmed)
    _ = try await ledger.submit(
      claimed.map { Transition(reminder: $0.id, lease: $0.lease, move: .release) }, now: start)
    await ledger.close(now: start)
    return fence
  }

  private func kind(_ body: () throws -> Void) -> LedgerProblem.Kind? {
    do {
      try body()
      return nil
    } catch {
      return (error as? LedgerProblem)?.kind
    }
  }

  private func file(_ temporary: TemporaryLedger, _ name: String) -> URL {
    temporary.folder.appending(path: name)
  }

  @Test("a backup says in the company's time when it was made")
  func backupTime() {
    let text = FenceBreach.backup(made: Instant(seconds: 1_780_000_000)).text(
      in: Zone.named("Asia/Shanghai") ?? .utc)
    #expect(text.hasPrefix("it is a backup made at 2026-05-29 04:26 CST, and"))
  }

  @Test("a ledger that is opened again and again stays armed")
  func staysArmed() async throws {
    let temporary = try await folder()
    for _ in 1...3 { #expect(try await reopen(temporary.folder) == .armed) }
  }

  @Test("a second writer is told who holds the ledger")
  func locks() throws {
    let temporary = try TemporaryLedger()
    let held = kind { _ = try TemporaryLedger.open(in: temporary.folder) }
    #expect(held == .held(pid: ProcessInfo.processInfo.processIdentifier))
  }

  @Test("a ledger that cannot be opened although permissions allow it is a problem of the disk")
  func cannotOpen() async throws {
    let temporary = try await folder()
    let log = file(temporary, "ledger.db-wal")
    // Losing the error is right: the log need not be there.
    try? FileManager.default.removeItem(at: log)
    try FileManager.default.createDirectory(at: log, withIntermediateDirectories: false)
    #expect(kind { _ = try TemporaryLedger.open(in: temporary.folder) } == .disk)
  }

  @Test("a copy without its marker starts disarmed, and claims nothing")
  func missesMarker() async throws {
    let temporary = try await folder()
    try FileManager.default.removeItem(at: file(temporary, "ledger.instance"))
    #expect(try await reopen(temporary.folder) == .disarmed(.markerMissing))
    #expect(try await reopen(temporary.folder) == .disarmed(.markerMissing))
  }

  @Test("another ledger's marker disarms")
  func meetsOtherMarker() async throws {
    let temporary = try await folder()
    let other = try await folder()
    try FileManager.default.removeItem(at: file(temporary, "ledger.instance"))
    try FileManager.default.copyItem(
      at: file(other, "ledger.instance"), to: file(temporary, "ledger.instance"))
    #expect(try await reopen(temporary.folder) == .disarmed(.otherInstance))
  }

  @Test("an old copy of the same ledger put back disarms, until a person arms it")
  func noticesRestore() async throws {
    let temporary = try await folder()
    let copy = file(temporary, "copy.db")
    try FileManager.default.copyItem(at: file(temporary, "ledger.db"), to: copy)
    #expect(try await reopen(temporary.folder) == .armed)
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      // Losing the error is right: the log files need not be there.
      try? FileManager.default.removeItem(at: file(temporary, name))
    }
    try FileManager.default.moveItem(at: copy, to: file(temporary, "ledger.db"))
    #expect(try await reopen(temporary.folder) == .disarmed(.restored))
    let ledger = try TemporaryLedger.open(in: temporary.folder)
    try await ledger.arm(ActionNote(uid: 0, user: "root", because: "looked at it"), now: start)
    #expect(ledger.fence == .armed)
    #expect(try await ledger.nextDue(now: start) == start)
    await ledger.close(now: start)
    #expect(try await reopen(temporary.folder) == .armed)
  }

  @Test("an old marker put back disarms")
  func noticesOldMarker() async throws {
    let temporary = try await folder()
    let marker = file(temporary, "ledger.instance")
    let old = try Data(contentsOf: marker)
    for _ in 1...2 { _ = try await reopen(temporary.folder) }
    try old.write(to: marker)
    #expect(try await reopen(temporary.folder) == .disarmed(.markerBehind))
  }

  @Test("a crash between the ledger's epoch and the marker's does not disarm, however often")
  func survivesCrash() async throws {
    let temporary = try await folder()
    let marker = file(temporary, "ledger.instance")
    for _ in 1...3 {
      let before = try String(contentsOf: marker, encoding: .utf8)
      #expect(try await reopen(temporary.folder) == .armed)
      // What the crash leaves: the ledger has moved on, the marker holds the epoch before.
      let lines = before.split(separator: "\n")
      let epoch = try #require(Int64(lines[2]))
      try "\(lines[0])\n\(lines[1])\n\(epoch)\n".write(
        to: marker, atomically: true, encoding: .utf8)
      #expect(try await reopen(temporary.folder) == .armed)
    }
  }

  @Test("both files on another machine disarm")
  func noticesMachine() async throws {
    let temporary = try await folder()
    #expect(try await reopen(temporary.folder, machine: "one") == .armed)
    #expect(try await reopen(temporary.folder, machine: "two") == .disarmed(.otherMachine))
    #expect(try await reopen(temporary.folder, machine: "one") == .armed)
  }

  @Test("a folder that was copied with its marker disarms the copy alone, until a person arms it")
  func noticesCopy() async throws {
    let temporary = try await folder()
    #expect(try await reopen(temporary.folder) == .armed)
    let copy = FileManager.default.temporaryDirectory.appending(path: "kindly-\(UUID().uuidString)")
    // Losing the error is right: a folder left behind in /tmp harms no test.
    defer { try? FileManager.default.removeItem(at: copy) }
    try FileManager.default.copyItem(at: temporary.folder, to: copy)
    let breach = FenceBreach.copied(from: temporary.path)
    #expect(try await reopen(copy) == .disarmed(breach))
    #expect(try await reopen(copy) == .disarmed(breach))
    #expect(try await reopen(temporary.folder) == .armed)
    let ledger = try TemporaryLedger.open(in: copy)
    try await ledger.arm(ActionNote(uid: 0, user: "root", because: "moved"), now: start)
    await ledger.close(now: start)
    #expect(try await reopen(copy) == .armed)
  }

  @Test("a folder that was renamed, or is reached over a symbolic link, stays armed")
  func staysArmedElsewhere() async throws {
    let temporary = try await folder()
    #expect(try await reopen(temporary.folder) == .armed)
    let renamed = URL(fileURLWithPath: temporary.folder.path + "-renamed")
    // Losing the error is right: a folder left behind in /tmp harms no test.
    defer { try? FileManager.default.removeItem(at: renamed) }
    try FileManager.default.moveItem(at: temporary.folder, to: renamed)
    #expect(try await reopen(renamed) == .armed)
    try FileManager.default.createSymbolicLink(at: temporary.folder, withDestinationURL: renamed)
    #expect(try await reopen(temporary.folder) == .armed)
    #expect(try await reopen(renamed) == .armed)
  }

  @Test("after a kill a ledger without its write-ahead log disarms, until a person arms it")
  func missesLog() async throws {
    let temporary = try await folder()
    try await kill(temporary)
    #expect(try await reopen(temporary.folder) == .armed)
    try await kill(temporary)
    try FileManager.default.removeItem(at: file(temporary, "ledger.db-wal"))
    let breach = try await reopen(temporary.folder)
    #expect(breach == .disarmed(.commitsMissing(FenceTests.lastCommits)))
    // There is a log again by now, and what was lost is still lost, however much is written since.
    #expect(try await reopen(temporary.folder) == breach)
    let ledger = try TemporaryLedger.open(in: temporary.folder)
    try await ledger.arm(ActionNote(uid: 0, user: "root", because: "looked at it"), now: start)
    await ledger.close(now: start)
    #expect(try await reopen(temporary.folder) == .armed)
  }

  @Test("after a kill a ledger whose log another program brought in stays armed")
  func survivesOtherProgram() async throws {
    let temporary = try await folder()
    try await kill(temporary)
    // As `sqlite3` does, and any database browser: the last to close writes the log into the database and removes it.
    let browser = try DatabaseQueue(path: file(temporary, "ledger.db").path)
    let last = try await browser.read { try String.fetchOne($0, sql: "SELECT item FROM problem") }
    #expect(last == "remark: remark \(FenceTests.lastCommits)")
    try browser.close()
    #expect(!FileManager.default.fileExists(atPath: file(temporary, "ledger.db-wal").path))
    #expect(try await reopen(temporary.folder) == .armed)
  }

  @Test("a copy of the same run put back in place disarms")
  func noticesCopyOfSameRun() async throws {
    let temporary = try await folder()
    let ledger = try TemporaryLedger.open(in: temporary.folder)
    try await ledger.tidy(now: start)
    let copy = try Data(contentsOf: file(temporary, "ledger.db"))
    try await work(ledger)
    await ledger.close(now: start)
    try copy.write(to: file(temporary, "ledger.db"))
    let fence = try await reopen(temporary.folder)
    guard case .disarmed(.commitsMissing) = fence else {
      Issue.record("not disarmed: \(fence)")
      return
    }
  }

  private static let lastCommits: Int64 = 3

  private func work(_ ledger: SQLiteLedger) async throws {
    for number in 1...FenceTests.lastCommits {
      let problem = Problem(.watch("customers"), .remark("remark \(number)"))
      try await ledger.note([problem], now: start)
    }
  }

  /// Leaves what a kill does after a few commits that are in the log alone.
  private func kill(_ temporary: TemporaryLedger) async throws {
    let ledger = try TemporaryLedger.open(in: temporary.folder)
    try await ledger.tidy(now: start)
    try await work(ledger)
    let names = ["ledger.db", "ledger.db-wal", "ledger.instance"]
    let left = try names.map { try Data(contentsOf: file(temporary, $0)) }
    await ledger.close(now: start)
    for (name, data) in zip(names, left) { try data.write(to: file(temporary, name)) }
  }

  @Test("a block device's copy at another path is another file, and a renumbered disk is not")
  func comparesPlaces() {
    let place = LedgerPlace(path: "/var/lib/kindly/kindly.db", device: 2049, inode: 12, born: 7)
    func isSame(_ change: (inout LedgerPlace) -> Void) -> Bool {
      var other = place
      change(&other)
      return other.isSameFile(as: place)
    }
    #expect(isSame { $0.device = 2065 })
    #expect(isSame { $0.path = "/srv/kindly.db" })
    #expect(isSame { $0.born = nil })
    #expect(!isSame { ($0.device, $0.path) = (2065, "/mnt/kindly.db") })
    #expect(!isSame { $0.inode = 13 })
    #expect(!isSame { $0.born = 8 })
    #expect(LedgerPlace(line: place.line[...]) == place)
  }

  @Test(
    "only a lack of permission is final; a full or failing disk is tried again",
    arguments: [
      (EACCES, LedgerProblem.Kind.unreadable), (EPERM, .unreadable), (ENOSPC, .disk), (EIO, .disk),
      (EROFS, .disk), (EMFILE, .disk), (ESTALE, .disk),
    ])
  func judgesSystemErrors(code: Int32, kind: LedgerProblem.Kind) {
    errno = code
    #expect(LedgerProblem.system("open", "the ledger").kind == kind)
  }

  @Test("a backup put back starts disarmed and holds all that was in the ledger")
  func backsUp() async throws {
    let fixture = try await Fixture()
    try await fixture.plan((1...50).map { occurrence($0) })
    let path = fixture.temporary.folder.appending(path: "backup.db").path
    let made = start + .hours(1)
    try await fixture.ledger.backup(to: path, now: made)
    await #expect(throws: LedgerProblem.self) {
      try await fixture.ledger.backup(to: path, now: made)
    }
    try await fixture.plan([occurrence(99)])
    await fixture.ledger.close(now: start)
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      // Losing the error is right: the log files need not be there.
      try? FileManager.default.removeItem(at: file(fixture.temporary, name))
    }
    try FileManager.default.moveItem(
      atPath: path, toPath: file(fixture.temporary, "ledger.db").path)
    #expect(try await reopen(fixture.temporary.folder) == .disarmed(.backup(made: made)))
    let reader = try SQLiteLedgerReader(path: fixture.temporary.path)
    #expect(
      try await reader.reminders(ReminderSelection(), before: nil, limit: 100).count == 50)
    await reader.close()
  }

  @Test(
    "a missing ledger is not made anew where a marker says there was one, nor without being told to"
  )
  func refusesMissing() async throws {
    let temporary = try await folder()
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
      // Losing the error is right: the log files need not be there.
      try? FileManager.default.removeItem(at: file(temporary, name))
    }
    #expect(kind { _ = try TemporaryLedger.open(in: temporary.folder, create: true) } == .missing)
    try FileManager.default.removeItem(at: file(temporary, "ledger.instance"))
    #expect(kind { _ = try TemporaryLedger.open(in: temporary.folder) } == .missing)
    #expect(!FileManager.default.fileExists(atPath: temporary.path))
    #expect(kind { _ = try SQLiteLedgerReader(path: temporary.path) } == .missing)
  }

  @Test(
    "where no ledger is to be made, a missing one leaves no lock behind", arguments: [true, false])
  func leavesNoLock(hasMarker: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "kindly-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Losing the error is right: a folder left behind in /tmp harms no test.
    defer { try? FileManager.default.removeItem(at: folder) }
    let left = hasMarker ? ["ledger.instance"] : []
    for name in left { try Data().write(to: folder.appending(path: name)) }
    let problem = #expect(throws: LedgerProblem.self) {
      _ = try TemporaryLedger.open(in: folder)
    }
    #expect(problem?.kind == .missing)
    #expect(problem?.description.contains("its marker") == hasMarker)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == left)
  }

  @Test("an empty, foreign, damaged or newer file is refused and left as it is")
  func refusesOthers() async throws {
    let temporary = try await folder()
    let database = file(temporary, "ledger.db")
    let whole = try Data(contentsOf: database)
    func refused(_ data: Data) throws -> LedgerProblem.Kind? {
      for name in ["ledger.db-wal", "ledger.db-shm"] {
        // Losing the error is right: the log files need not be there.
        try? FileManager.default.removeItem(at: file(temporary, name))
      }
      try data.write(to: database)
      let kind = kind { _ = try TemporaryLedger.open(in: temporary.folder, create: true) }
      #expect(try Data(contentsOf: database) == data)
      return kind
    }
    #expect(try refused(Data()) == .empty)
    #expect(try refused(Data(repeating: 65, count: 5_000)) == .damaged)
    var damaged = whole
    damaged.replaceSubrange(8_192..<40_960, with: Data(repeating: 0xAA, count: 32_768))
    #expect(try refused(damaged) == .damaged)
    var newer = whole
    newer[63] = 99  // user_version, https://www.sqlite.org/fileformat.html#user_version_number
    #expect(try refused(newer) == .newer)
    var foreign = whole
    foreign[71] = 0  // application_id
    #expect(try refused(foreign) == .damaged)

  }
}
