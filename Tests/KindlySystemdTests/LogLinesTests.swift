import Foundation
import Glibc
import KindlyCore
import KindlySystemd
import Logging
import Testing

@Suite("Lines on stderr")
struct LogLinesTests {
  /// What a handler for the destination writes while `body` logs.
  func written(
    to destination: LogDestination, in zone: Zone? = nil, _ body: (Logger) -> Void
  ) throws -> String {
    let folder = try TemporaryFolder()
    let file = open(folder.path + "/log", O_RDWR | O_CREAT, 0o600)
    defer { close(file) }
    let clock = LogClock(zone: .utc) { Instant(seconds: 1_767_225_600) }
    if let zone { clock.set(zone) }
    let handler = JournalLogHandler(
      destination: destination, threshold: LogThreshold(.trace), standardError: file,
      clock: clock)
    body(Logger(label: "test") { _ in handler })
    return try String(contentsOfFile: folder.path + "/log", encoding: .utf8)
  }

  @Test(
    "a supervisor gets the priority of syslog before each line",
    arguments: [
      (Logger.Level.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3),
      (.critical, 2),
    ])
  func prefix(level: Logger.Level, priority: Int) throws {
    let text = try written(to: .supervised) { $0.log(level: level, "first\nsecond") }
    #expect(text == "<\(priority)>first\n<\(priority)>second\n")
    #expect(SyslogPriority(level).rawValue == priority)
  }

  @Test("metadata follows the message, and a newline in it cannot forge a line of another priority")
  func metadata() throws {
    let text = try written(to: .supervised) {
      $0.info("sent", metadata: ["rule": "trial", "customer": "42\n<2>fire"])
    }
    #expect(text == "<6>sent [customer=42\n<6><2>fire rule=trial]\n")
  }

  @Test("a person gets the time, the level where it matters, and further lines indented")
  func console() throws {
    let text = try written(to: .console) {
      $0.info("started")
      $0.error("rules.d/20-trial.yaml:3:5: error\nexpected a when")
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "2026-01-01 00:00:00 UTC started")
    #expect(lines[1].hasPrefix("2026-01-01 00:00:00 UTC error: rules.d"))
    #expect(lines[2] == "         expected a when")
  }

  @Test("a person gets the time by the clocks of the configured zone, once it is known")
  func zone() throws {
    let text = try written(to: .console, in: .named("Asia/Shanghai")) { $0.info("started") }
    #expect(text == "2026-01-01 08:00:00 CST started\n")
  }

  @Test("what stderr is connected to decides where the log goes")
  func destination() throws {
    let folder = try TemporaryFolder()
    let file = open(folder.path + "/stream", O_RDWR | O_CREAT, 0o600)
    defer { close(file) }
    var status = stat()
    fstat(file, &status)
    let stream = "\(status.st_dev):\(status.st_ino)"
    func destination(_ environment: [String: String]) -> LogDestination {
      LogDestination(environment: environment, standardError: file)
    }
    #expect(destination(["JOURNAL_STREAM": stream]) == .journal)
    #expect(destination(["JOURNAL_STREAM": "1:1"]) == .supervised)
    #expect(destination(["INVOCATION_ID": "5f1c"]) == .supervised)
    #expect(destination([:]) == .console)
  }

  @Test("a terminal is a console even inside a session that systemd supervises")
  func terminal() throws {
    let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    defer { close(terminal) }
    try #require(terminal >= 0)
    #expect(
      LogDestination(environment: ["INVOCATION_ID": "5f1c"], standardError: terminal) == .console)
  }
}
