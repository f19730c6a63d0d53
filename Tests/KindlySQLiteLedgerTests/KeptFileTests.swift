import Foundation
import Glibc
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlySQLiteLedger

@Suite("What the keeper does to the file")
struct KeptFileTests {
  private let start = Fixture.start

  @Test("tidying indexes the public ids, and moves the fence on")
  func tidies() async throws {
    let fixture = try await Fixture()
    try await fixture.plan((1...20).map { occurrence($0) })
    try await fixture.ledger.tidy(now: start)
    #expect(try fixture.value("SELECT count(*) FROM public_name") == 20)
    #expect(try fixture.value("SELECT epoch FROM ledger") == 2)
    await fixture.ledger.close(now: start)
    let again = try TemporaryLedger.open(in: fixture.temporary.folder)
    #expect(again.fence == .armed)
    await again.close(now: start)
  }

  @Test("the attempts of purged reminders go with them")
  func purgesAttempts() async throws {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1), occurrence(2)], legs: 2)
    try await fixture.plan([occurrence(3)], step: "ended")
    try await fixture.sendAll()
    #expect(try fixture.value("SELECT count(*) FROM attempt") == 5)
    let later = start + .days(401)
    _ = try await fixture.ledger.plan(
      [], advancing: [.scanned(rule: "trial", step: "ending", through: later)], now: later)
    #expect(try await fixture.ledger.purge(now: later).reminders == 4)
    #expect(try fixture.value("SELECT count(*) FROM attempt") == 1)
  }

  @Test(
    "an unfinished backup is as private as a finished one, and a killed one is removed")
  func backupDraft() async throws {
    let fixture = try await Fixture()
    try await fixture.plan([occurrence(1)])
    let path = fixture.temporary.folder.path + "/copy.db"
    // The steps of a backup, one by one: the copy is private before it holds anything, and stays so.
    let (draft, backup) = (
      "\(path).draft", Backup(from: fixture.temporary.path, to: path, now: start)
    )
    try backup.create(draft)
    #expect(mode(of: draft) == 0o640)
    try await backup.copy(to: draft)
    #expect(mode(of: draft) == 0o640)
    // No process has this number.
    let left = "\(path).\(Int32.max).part"
    try Data("half".utf8).write(to: URL(fileURLWithPath: left))
    // A draft that was not made first would be made by SQLite, with a mode of its own.
    try await fixture.ledger.backup(to: path, now: start)
    #expect(mode(of: path) == 0o640)
    #expect(!FileManager.default.fileExists(atPath: left))
  }

  private func mode(of path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }
}
