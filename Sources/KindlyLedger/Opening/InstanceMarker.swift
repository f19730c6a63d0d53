import Foundation
import Glibc

/// The second file of the instance fence: which ledger was last used here, how far it was, and how that ended.
struct InstanceMarker: Hashable, Sendable {
  /// How the last use of the ledger ended, as far as the marker knows.
  enum End: String, Hashable, Sendable {
    /// A process is using the ledger, or ended without closing it; its last commits may be in the write-ahead log alone.
    case atWork = "at work"
    /// It was closed with everything in the database file.
    case closed = "closed"
    /// It was found with its write-ahead log missing, and no person has armed it since.
    case logMissing = "log missing"
  }

  var instance: String
  var epoch: Int64
  /// The database file that the marker was written for; nil in markers of versions that did not record it.
  var place: LedgerPlace?
  var end: End

  private static let head = "kindly ledger instance 1"

  init(instance: String, epoch: Int64, place: LedgerPlace?, end: End) {
    self.instance = instance
    self.epoch = epoch
    self.place = place
    self.end = end
  }

  /// The marker at a path, or nil where there is none; a marker that cannot be read is a problem.
  init?(at path: String) throws {
    var status = stat()
    if stat(path, &status) != 0 {
      if errno == ENOENT { return nil }
      throw LedgerProblem.system("read", "the ledger's instance marker \(path)")
    }
    // A pipe or a device in its place would be waited for, and proves nothing either.
    guard status.st_mode & S_IFMT == S_IFREG else {
      self.init(instance: "", epoch: 0, place: nil, end: .closed)
      return
    }
    self.init(text: try InstanceMarker.text(at: path))
  }

  /// Damaged is as good as foreign: it proves nothing, and the fence then closes.
  private init(text: String) {
    let lines = text.split(separator: "\n")
    guard lines.count == 3 || lines.count == 5, lines[0] == InstanceMarker.head,
      let epoch = Int64(lines[2])
    else {
      self.init(instance: "", epoch: 0, place: nil, end: .closed)
      return
    }
    guard lines.count == 5 else {
      self.init(instance: String(lines[1]), epoch: epoch, place: nil, end: .closed)
      return
    }
    guard let end = End(rawValue: String(lines[3])) else {
      self.init(instance: "", epoch: 0, place: nil, end: .closed)
      return
    }
    self.init(
      instance: String(lines[1]), epoch: epoch, place: LedgerPlace(line: lines[4]), end: end)
  }

  /// Replaces the marker durably: written beside it, flushed, renamed, and the folder flushed.
  func write(to path: String) throws {
    var lines = [InstanceMarker.head, instance, "\(epoch)"]
    if let place { lines += [end.rawValue, place.line] }
    let text = lines.joined(separator: "\n") + "\n"
    let draft = path + ".new"
    try flush(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC) { descriptor in
      text.withCString { Glibc.write(descriptor, $0, strlen($0)) == text.utf8.count }
    }
    guard rename(draft, path) == 0 else { throw problem("rename", path) }
    let folder = (path as NSString).deletingLastPathComponent
    try flush(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) { _ in true }
  }

  private static func text(at path: String) throws -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw LedgerProblem.system("read", "the ledger's instance marker \(path)")
    }
  }

  private func flush(_ path: String, _ flags: Int32, _ fill: (Int32) -> Bool) throws {
    let descriptor = open(path, flags, 0o640)
    guard descriptor >= 0 else { throw problem("open", path) }
    defer { close(descriptor) }
    // A disk that is full takes a part of the text and sets no error.
    errno = ENOSPC
    guard fill(descriptor), fsync(descriptor) == 0 else { throw problem("write", path) }
  }

  private func problem(_ verb: String, _ path: String) -> LedgerProblem {
    LedgerProblem.system(verb, "the ledger's instance marker \(path)")
  }
}
