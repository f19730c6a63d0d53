import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyTestKit
import Testing

@testable import KindlyDesk

@Suite("What monitoring sees", .serialized)
struct MonitoringTests {
  private struct Status: Decodable {
    struct Channel: Decodable {
      let channel: String
      let because: String?
      let waiting: Int
    }
    let level: String
    let channelsDown: [Channel]
    let open: [String: Int]
    let waitingByReason: [String: Int]
    let decided: [String: Int]
    let decidedByReason: [String: Int]
    let sentByChannel: [String: Int]
  }

  @Test("a channel that is down is a warning at once, with since when, why, and how many wait")
  func channelDown() async throws {
    // Nothing listens at port 1 of any machine that runs tests.
    let company = try Company(
      channel: "{ type: smtp, url: \"smtp://127.0.0.1:1\", tls: none, from: \"a@example.com\" }")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    for id in 4...5 { try company.insert(id, name: "c\(id)") }
    try await Eventually.holds("a warning about both letters") {
      let status = try await company.run("status", "--json").json(as: Status.self)
      return status.channelsDown.map(\.waiting) == [2]
    }
    let status = try await company.run("status")
    #expect(status.code == 1)
    #expect(
      status.output.contains("warning: channel email has been down since 20"), "\(status.output)")
    #expect(status.output.contains(" CST: "))
    #expect(status.output.contains("; 2 reminders wait"))
    let line = try await company.run("status", "--check")
    #expect(line.code == 1)
    #expect(line.output.hasPrefix("KINDLY WARNING - channel email has been down since "))
    #expect(line.output.contains("channels_down=1 waiting_for_channels=2"))
    #expect(await daemon.stop() == 0)
    let alone = try await company.run("status")
    #expect(alone.code == 2)
    #expect(alone.output.contains("channel email has been down since "), "\(alone.output)")
  }

  @Test("the counts for scripts name every state, reason and channel, zero ones too")
  func zeros() async throws {
    let company = try Company()
    let daemon = try await RunningDaemon.start(company)
    let status = try await company.run("status", "--json").json(as: Status.self)
    #expect(Set(status.open.keys) == ["waiting", "claimed", "sending", "uncertain"])
    #expect(status.decided == ["sent": 0, "skipped": 0, "cancelled": 0, "failed": 0])
    #expect(status.waitingByReason["channel down"] == 0)
    #expect(status.decidedByReason["suppressed"] == 0)
    #expect(status.waitingByReason["at most"] == nil && status.decidedByReason["hold-out"] == nil)
    #expect(status.sentByChannel == ["email": 0])
    #expect(await daemon.stop() == 0)
  }

  @Test(
    "failed and suppressed letters are worth a warning in numbers, not one by one",
    arguments: [
      (0, 0, 100, 0), (2, 0, 0, 0), (3, 0, 100, 0), (21, 0, 0, 1), (20, 0, 100, 1),
      (120, 0, 100_000, 1), (0, 21, 0, 1), (21, 21, 0, 2),
    ])
  func numbers(failed: Int, suppressed: Int, sent: Int, warnings: Int) {
    let status = LedgerStatus(
      decided: [.failed: failed, .sent: sent, .skipped: suppressed],
      decidedByReason: [.suppressed: suppressed], failedByChannel: ["email": failed])
    #expect(DeliveryTrouble(status).texts.count == warnings)
  }

  @Test("many failed letters and files open to too many users are warnings")
  func warnings() throws {
    let company = try Company()
    let access = Problem(
      .file("/etc/kindly/smtp"), .access(.openPassword(mode: 0o644, owner: "kindly")))
    let status = LedgerStatus(
      decided: [.failed: 21], failedByChannel: ["email": 21],
      problems: [access])
    let concerns = StatusReport(
      try ConfigurationLoader.load(folder: company.etc), now: Instant(seconds: 1_800_000_000),
      remarks: [], daemonProblem: nil,
      facts: .success(.init(status: status, pauses: [], holds: [:], waits: []))
    ).concerns
    #expect(concerns.map(\.level) == [.warning, .warning])
    #expect(concerns.first?.text.hasPrefix("21 reminders failed in 24 h (email 21)") == true)
    #expect(
      concerns.last?.text.hasPrefix(
        "/etc/kindly/smtp: this file holds a password, and its mode 0644 lets other users") == true)
    #expect(concerns.map(\.problem) == [nil, access])
  }

  @Test(
    "a late reminder is critical, or a warning if its channel is behind",
    arguments: [(14, false, []), (14, true, []), (16, false, [2]), (16, true, [1])])
  func late(minutes: Int, isBehind: Bool, levels: [Int32]) throws {
    let company = try Company()
    let now = Instant(seconds: 1_800_000_000)
    let behind = Problem(.channel("email"), .behind, since: now - .minutes(minutes))
    let status = LedgerStatus(
      oldestOverdue: now - .minutes(minutes), problems: isBehind ? [behind] : [])
    let concerns = StatusReport(
      try ConfigurationLoader.load(folder: company.etc), now: now, remarks: [], daemonProblem: nil,
      facts: .success(.init(status: status, pauses: [], holds: [:], waits: []))
    ).concerns
    #expect(concerns.map(\.level.rawValue) == levels)
    #expect(!isBehind || concerns.allSatisfy { $0.text.contains("email has been behind since") })
  }

  @Test("a password file that others can read is a warning of the status")
  func openPassword() async throws {
    let folder = try TemporaryFolder()
    try folder.write("open sesame\n", to: "smtp")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o644], ofItemAtPath: folder.path + "/smtp")
    let company = try Company(
      channel: """
        { type: smtp, url: "smtp://127.0.0.1:1", tls: starttls, from: "a@example.com", \
        user: care, password: { file: \(folder.path)/smtp } }
        """)
    let daemon = try await RunningDaemon.start(company)
    try await Eventually.holds("the warning") {
      let status = try await company.run("status")
      return status.code == 1
        && status.output.contains("warning: \(folder.path)/smtp: this file holds a password")
    }
    #expect(await daemon.stop() == 0)
  }

  @Test("letters that wait for a channel for a quarter of an hour are critical")
  func critical() throws {
    let company = try Company()
    let configuration = try ConfigurationLoader.load(folder: company.etc)
    let now = Instant(seconds: 1_800_000_000)
    func level(_ minutes: Int, waiting: Int) throws -> Bool {
      let since = now - .minutes(minutes)
      let wait = ChannelWait(
        rule: "trial", step: "welcome", leg: 0, routePosition: 0, lastChannel: nil,
        reason: .channelDown, count: waiting, since: now)
      let down = Problem(
        .channel("email"), .down(until: now + .minutes(1), because: "no route"), since: since)
      let all = ChannelTrouble.all(
        problems: [down], waits: waiting > 0 ? [wait] : [], in: configuration, now: now)
      let trouble = try #require(all.first)
      #expect(all.count == 1 && trouble.waiting == waiting)
      return trouble.isCritical(now: now)
    }
    #expect(try !level(14, waiting: 5))
    #expect(try level(16, waiting: 5))
    #expect(try !level(16, waiting: 0))
  }

  @Test("a recipient who is refused is a warning with the server's words, and no channel is down")
  func refusedRecipient() throws {
    let company = try Company()
    let configuration = try ConfigurationLoader.load(folder: company.etc)
    let now = Instant(seconds: 1_800_000_000)
    let words = "RCPT TO: 550 5.7.1 not allowed"
    func wait(customers: Int, hasAccepted: Bool) -> ChannelWait {
      ChannelWait(
        rule: "trial", step: "welcome", leg: 0, routePosition: 0, lastChannel: "email",
        reason: .channelMisconfigured, count: customers, customers: customers,
        since: now - .hours(1), hasAccepted: hasAccepted, because: words)
    }
    func down(_ one: ChannelWait) -> [ChannelTrouble] {
      ChannelTrouble.all(problems: [], waits: [one], in: configuration, now: now)
    }
    let refused = [
      wait(customers: 1, hasAccepted: false), wait(customers: 1, hasAccepted: true),
      wait(customers: 40, hasAccepted: true),
    ]
    for one in refused {
      #expect(down(one).isEmpty)
      let refusing = ChannelTrouble.refusing(waits: [one], besides: [], in: configuration)
      #expect(refusing.count == 1 && refusing.first?.channel == "email")
      #expect(refusing.first?.refusal.contains("but is not down: \(words); see") == true)
    }
    let all = wait(customers: 3, hasAccepted: false)
    let trouble = try #require(down(all).first)
    #expect(trouble.isCritical(now: now) && trouble.because == words && trouble.waiting == 3)
    #expect(
      ChannelTrouble.refusing(waits: [all], besides: [trouble], in: configuration).isEmpty)
  }
}
