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
      try syncFolder("\(path)/new")
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
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FileFault("create a file in", path + "/tmp") }
    let fault = fill(descriptor, with: payload.bytes)
    guard Glibc.close(descriptor) == 0 || fault != nil else {
      throw FileFault("close a file in", path + "/tmp")
    }
    if let fault {
      unlink(temporary)
      throw fault
    }
    guard rename(temporary, final) == 0 else {
      let fault = FileFault("rename a file into", path + "/new")
      unlink(temporary)
      throw fault
    }
    return "new/\(name)"
  }

  private func fill(_ descriptor: Int32, with bytes: [UInt8]) -> FileFault? {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { all in
        Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: all[offset...]).baseAddress,
          all.count - offset)
      }
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { return FileFault("write to", path + "/tmp") }
      offset += written
    }
    return fsync(descriptor) == 0 ? nil : FileFault("make durable a file in", path + "/tmp")
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

  private func syncFolder(_ folder: String) throws(FileFault) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault("open the folder", folder) }
    let isDurable = fsync(descriptor) == 0
    let fault = FileFault("make durable the folder", folder)
    Glibc.close(descriptor)
    if !isDurable { throw fault }
  }
}

/// A call to the file system that failed.
private struct FileFault: Error {
  let text: String
  private let number: Int32

  /// Reads `errno`, so it is made right behind the call.
  init(_ operation: String, _ object: String) {
    number = errno
    text = "cannot \(operation) \(object): \(String(cString: strerror(number)))"
  }

  /// A full disk empties itself sometimes; a missing right never comes by itself.
  var outcome: Outcome {
    switch number {
    case EACCES, EPERM, EROFS, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG:
      .misconfigured(Refusal(text, isChannelWide: true))
    default: .retry(Refusal(text, isChannelWide: true))
    }
  }
}
