import Foundation
import Glibc
import KindlyCore
import KindlySystemd
import Logging
import Testing

@Suite("The level of the log")
struct LogThresholdTests {
  @Test("changes for loggers that exist already")
  func changes() throws {
    let folder = try TemporaryFolder()
    let file = open(folder.path + "/log", O_RDWR | O_CREAT, 0o600)
    defer { close(file) }
    let threshold = LogThreshold(.info)
    let handler = JournalLogHandler(
      destination: .supervised, threshold: threshold, standardError: file,
      clock: LogClock(zone: .utc) { .distantPast })
    let log = Logger(label: "test") { _ in handler }
    log.debug("unheard")
    threshold.set(.debug)
    log.debug("heard")
    threshold.set(.warning)
    log.info("unheard")
    #expect(try String(contentsOfFile: folder.path + "/log", encoding: .utf8) == "<7>heard\n")
  }
}
