import Foundation

/// A fast SMTP server in a process of its own that takes every mail and remembers in which order they came.
///
/// `Tests/Support/smtp_recorder.py` writes each down before it acknowledges it.
package final class MailRecorder: Sendable {
  package struct Mail: Codable, Hashable, Sendable {
    package let recipient: String
    package let messageID: String
    /// The number of the connection it came over, counted from one.
    package let connection: Int

    enum CodingKeys: String, CodingKey {
      case connection
      case recipient = "rcpt"
      case messageID = "message_id"
    }
  }

  package let port: Int
  private let folder: TemporaryFolder
  private let process: ScriptProcess

  /// Starts a recorder and returns when it listens.
  ///
  /// - Parameters:
  ///   - pause: how many seconds it takes over each mail.
  ///   - utf8: whether it offers SMTPUTF8 and 8BITMIME; it takes raw bytes in any case.
  package static func start(pause: Double = 0, utf8: Bool = true) async throws -> MailRecorder {
    let folder = try TemporaryFolder("kindly-recorder")
    let complaints = URL(fileURLWithPath: folder.path + "/stderr.txt")
    let process = try ScriptProcess(
      "smtp_recorder.py",
      ["--log", folder.path + "/mail.jsonl", "--pause", String(pause)]
        + (utf8 ? [] : ["--no-utf8"]),
      complaints: complaints)
    guard await process.lines.wait(until: { !$0.isEmpty }), let line = process.lines.lines.first,
      line.hasPrefix("port "), let port = Int(line.dropFirst(5))
    else {
      let text = try String(contentsOf: complaints, encoding: .utf8)
      throw FixtureFault("smtp_recorder.py did not start: \(text)")
    }
    return MailRecorder(port: port, folder: folder, process: process)
  }

  private init(port: Int, folder: TemporaryFolder, process: ScriptProcess) {
    self.port = port
    self.folder = folder
    self.process = process
  }

  deinit { process.stop() }

  /// Every mail that was taken so far, in order.
  package func mails() throws -> [Mail] {
    let decoder = JSONDecoder()
    return try record().split(separator: 0x0A).map { try decoder.decode(Mail.self, from: $0) }
  }

  /// How many mails were taken so far.
  package func count() throws -> Int { try record().count { $0 == 0x0A } }

  private func record() throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path + "/mail.jsonl"))
  }

  /// Returns when so many mails have come in all.
  package func hasTaken(_ count: Int) async throws {
    // The first line tells the port.
    guard await process.lines.wait(until: { $0.count - 1 >= count }) else {
      throw FixtureFault("the recorder ended, or the test's time was over, before mail \(count)")
    }
  }
}
