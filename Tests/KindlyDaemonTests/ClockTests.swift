import Foundation
import KindlyCore
import KindlySQLiteLedger
import KindlyTestKit
import Testing

@testable import KindlyDaemon

/// What happens when the machine's clock is wrong.
@Suite("The machine's clock")
struct ClockTests {
  private let note = ActionNote(uid: 0, user: "test", because: "the machine was paused")

  @Test("a step of two hours forward holds sending until a person accepts it")
  func stepForward() async throws {
    let company = try await Simple.company(at: "2026-03-06 08:00")
    company.clock.step(by: .hours(2))
    try await company.turn()
    #expect(company.daemon.clocks.held == .stepped(by: .hours(2)))
    #expect(company.mail.isEmpty)
    #expect(try await company.states(of: "1") == ["waiting"])
    try await company.daemon.acceptClock(note)
    try await company.turn()
    #expect(company.mail == ["2026-03-06 1 ending"])
    let actions = try await company.daemon.ledger.actions(before: nil, limit: 1)
    #expect(actions.map(\.verb) == ["clock"] && actions.map(\.note) == [note])
    await company.close()
  }

  @Test("a step that stands is taken for right, and one that is taken back does nothing")
  func settles() async throws {
    let company = try await Simple.company(at: "2026-03-06 07:00")
    company.clock.step(by: .days(400))
    try await company.turn()
    company.clock.step(by: .days(-400))
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    company.clock.step(by: .hours(3))
    try await company.turn()
    #expect(company.daemon.clocks.held != nil)
    try await company.turn(at: "2026-03-06 12:10")
    #expect(company.daemon.clocks.held == nil)
    await company.close()
  }

  @Test("a clock before the ledger's last time holds everything, even over a restart")
  func back() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 10:00",
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email, template: welcome, class: service }
        """)
    try company.write("INSERT INTO customers (id, name, email) VALUES (3, 'n', 'n@example.com')")
    company.clock.step(by: .days(-1))
    try await company.restart()
    try await company.turn(at: "2026-03-05 20:00")
    let last = try Company.instant("2026-03-06 10:00", in: company.zone)
    #expect(company.daemon.clocks.held == .beforeLast(last))
    #expect(company.mail.isEmpty)
    try await company.turn(at: "2026-03-06 10:00")
    #expect(company.daemon.clocks.held == nil)
    #expect(company.mail == ["2026-03-06 3 welcome"])
    await company.close()
  }

  @Test("times recorded by a clock years ahead hold nothing up once a person says so")
  func backFromTheFuture() async throws {
    let company = try await Simple.company(at: "2026-03-01 12:00")
    company.clock.step(by: .days(800))
    try await company.turn()
    company.clock.advance(by: .hours(2))
    try await company.turn()
    #expect(company.daemon.clocks.held == nil)
    company.clock.step(by: .days(-800))
    try await company.turn()
    #expect(company.daemon.clocks.held != nil)
    try await company.daemon.acceptClock(note)
    try await company.live(before: "2026-03-08 00:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    try await company.restart()
    #expect(company.daemon.clocks.held == nil)
    await company.close()
  }

  @Test("a start two days ahead that no time server confirms sends nothing until the clock is set")
  func startsAhead() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.turn()
    company.clock.synchronise(false)
    company.clock.step(by: .days(2))
    try await company.restart()
    try await company.turn()
    let last = try Company.instant("2026-03-05 12:00", in: company.zone)
    #expect(company.daemon.clocks.held == .farAhead(of: last))
    #expect(company.mail.isEmpty)
    company.clock.step(by: .days(-2))
    try await company.turn()
    try await company.turn(at: "2026-03-06 08:59")
    #expect(company.daemon.clocks.held == nil && company.mail.isEmpty)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test(
    "what a wrong clock skipped, even one that a person accepted, is sent once the clock is set back"
  )
  func revives() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.turn()
    company.clock.step(by: .days(3650))
    try await company.turn()
    #expect(try await company.daemon.acceptClock(note) == 0)
    try await company.turn()
    #expect(try await company.states(of: "1") == ["skipped too late"])
    company.clock.step(by: .days(-3650))
    try await company.turn()
    #expect(company.daemon.clocks.held != nil)
    #expect(try await company.daemon.acceptClock(note) == 1)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 1 ending"])
    await company.close()
  }

  @Test("a rule starts from the time of a clock that is right")
  func activation() async throws {
    let company = try await Simple.company(
      at: "2026-03-08 12:00", rules: "rules: []",
      files: ["templates/ending.html": "---\nsubject: ending\n---\n<p>Hello</p>\n"])
    company.clock.step(by: .days(-7))
    try await company.reload(rules: Simple.ending)
    try await company.turn()
    company.clock.step(by: .days(7))
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail.isEmpty)
    await company.close()
  }

  @Test("a rule that is new at a start with a wrong clock starts when the clock is right")
  func activationAtStart() async throws {
    let company = try await Simple.company(
      at: "2026-03-08 12:00",
      rules: """
        rules:
          - { name: welcome, watch: customers, when: insert, send: email, template: ending }
        """)
    company.clock.step(by: .days(-7))
    try company.folder.write(Simple.ending, to: "rules.d/20-rules.yaml")
    try await company.restart()
    try await company.turn()
    #expect(company.daemon.clocks.held != nil)
    company.clock.step(by: .days(7))
    try await company.live(before: "2026-03-12 00:00")
    #expect(company.mail.isEmpty)
    await company.close()
  }

  @Test("nothing is purged within a day after the clock was doubted")
  func purgesLater() async throws {
    let company = try await Simple.company(at: "2026-03-05 12:00")
    try await company.live(before: "2026-03-08 00:00")
    company.clock.step(by: .days(3650))
    try await company.turn()
    let keeper = company.daemon.keeper
    func purges() async throws -> Bool {
      try await keeper.runOnce(now: company.clock.now).purged != PurgeSummary()
    }
    #expect(try await !purges())
    try await company.daemon.acceptClock(note)
    try await company.turn()
    #expect(try await !purges())
    company.clock.advance(by: .hours(23))
    #expect(try await !purges())
    company.clock.advance(by: .hours(1))
    #expect(try await purges())
    await company.close()
  }
}
