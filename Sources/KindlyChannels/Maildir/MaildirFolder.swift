import Foundation
import Glibc
import KindlyCore

/// The files of a Maildir: written to `tmp`, made durable, renamed into `new`.
struct MaildirFolder {
  private let path: String

  init(_ path: String) {
    self.path = path
  }

  /// Whether an id can be a file's name: letters, digits, `-`, `_` and inner dots.
  static func isName(_ id: String) -> Bool {
    !id.isEmpty && id.utf8.count <= 200 && !id.hasPrefix(".")
      && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
  }

  static func fileName(of publicID: String) -> String { "\(publicID).kindly.eml" }

  /// Writes mails that become visible and durable together, and says what became of each.
  func deliver(_ payloads: [Payload]) -> [Outcome] {
    if payloads.isEmpty { return [] }
    do throws(FileFault) {
      for folder in ["tmp", "new", "cur"] { try makeFolder("\(path)/\(folder)") }
    } catch {
      return payloads.map { _ in error.outcome }
    }
    let outcomes = payloads.map { payload -> Outcome in
      do throws(FileFault) {
        return .sent(evidence: try write(payload))
      } catch {
        return error.outcome
      }
    }
    do throws(FileFault) {
      try DurableFile.sync(folder: "\(path)/new")
    } catch {
      // The names are there, but a power cut could still take them away.
      return outcomes.map { outcome in
        guard case .sent = outcome else { return outcome }
        return .unknown(Refusal(error.text, isChannelWide: true))
      }
    }
    return outcomes
  }

  /// Writes one file and returns where it is now.
  private func write(_ payload: Payload) throws(FileFault) -> String {
    let name = MaildirFolder.fileName(of: payload.publicID)
    let temporary = "\(path)/tmp/\(name)"
    let final = "\(path)/new/\(name)"
    try DurableFile.write(payload.bytes, at: temporary, then: final, mode: 0o600)
    return "new/\(name)"
  }

  private func makeFolder(_ folder: String) throws(FileFault) {
    if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT else { throw FileFault("make the folder", folder) }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      // Foundation's error hides the number that the outcome is judged by; mkdir sets it again.
      if mkdir(folder, 0o700) != 0, errno != EEXIST { throw FileFault("make the folder", folder) }
    }
  }
}
