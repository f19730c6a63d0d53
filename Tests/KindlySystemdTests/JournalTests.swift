import Foundation
import Glibc
import KindlyCore
import KindlySystemd
import Logging
import Testing

@Suite("The journal")
struct JournalTests {
  static let messageID = "5e1f0c8a2b7d4d0f9c3a6e5b4d7c8f90"

  @Test("holds message, priority, place in the code, and our own fields")
  func fields() async throws {
    let entries = try await PrivateJournal.entries { logger in
      logger.warning(
        "held back\nby quiet hours",
        metadata: [
          "rule": "trial", "customer": "42", "channel": "email", "reminder": "k7", "attempt": "2",
          "source": "crm", "watch": "leases", "message_id": "\(Self.messageID)",
          "moment of": "2026-02-10",
        ])
      logger.debug("查看客户")
    }
    let entry = try #require(entries.first)
    #expect(entry["MESSAGE"] == "held back\nby quiet hours")
    #expect(entry["PRIORITY"] == "4")
    #expect(entry["SYSLOG_IDENTIFIER"] == "kindly")
    #expect(entry["MESSAGE_ID"] == Self.messageID)
    #expect(entry["CODE_FILE"]?.hasSuffix("JournalTests.swift") == true)
    #expect(entry["CODE_LINE"].flatMap { Int($0) } ?? 0 > 0)
    #expect(entry["CODE_FUNC"] == "fields()")
    #expect(entry["KINDLY_RULE"] == "trial")
    #expect(entry["KINDLY_CUSTOMER"] == "42")
    #expect(entry["KINDLY_CHANNEL"] == "email")
    #expect(entry["KINDLY_REMINDER"] == "k7")
    #expect(entry["KINDLY_ATTEMPT"] == "2")
    #expect(entry["KINDLY_SOURCE"] == "crm")
    #expect(entry["KINDLY_WATCH"] == "leases")
    #expect(entry["KINDLY_MOMENT_OF"] == "2026-02-10")
    #expect(entries.map { $0["MESSAGE"] } == ["held back\nby quiet hours", "查看客户"])
  }

  @Test("takes a message of a megabyte whole")
  func large() async throws {
    let text = String(repeating: "a row that is long. ", count: 50_000)
    let entries = try await PrivateJournal.entries { $0.info("\(text)") }
    #expect(entries.map { $0["MESSAGE"] } == [text])
  }

  @Test("when nobody listens at its socket, the line goes to stderr instead")
  func away() async throws {
    guard geteuid() == 0 else {
      try Test.cancel("only root can hide the machine's journal")
    }
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    try await PrivateJournal.inNamespace {
      // The socket that a journal left behind which has died.
      _ = try DatagramSocket(path: "/run/systemd/journal/socket")
      let file = open(path, O_RDWR | O_CREAT, 0o600)
      defer { close(file) }
      let handler = JournalLogHandler(
        destination: .journal, standardError: file,
        clock: LogClock(zone: .utc) { Instant(seconds: 0) })
      Logger(label: "test") { _ in handler }.error("no journal here", metadata: ["rule": "trial"])
    }
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == "<3>no journal here [rule=trial]\n")
  }
}
