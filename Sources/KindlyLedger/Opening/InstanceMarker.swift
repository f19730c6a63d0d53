import Foundation
import Glibc

/// The second file of the instance fence: which ledger was last at work here, and how far it was.
struct InstanceMarker: Hashable, Sendable {
  var instance: String
  var epoch: Int64

  private static let head = "kindly ledger instance 1"

  init(instance: String, epoch: Int64) {
    self.instance = instance
    self.epoch = epoch
  }

  /// The marker at a path, or nil where there is none; a marker that cannot be read is a problem.
  init?(at path: String) throws {
    guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw LedgerProblem(
        .unreadable, "cannot read the ledger's instance marker \(path)",
        hint: "run as the user who owns it, mostly `kindly`")
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard lines.count == 3, lines[0] == InstanceMarker.head, let epoch = Int64(lines[2]) else {
      // Damaged is as good as foreign: it proves nothing, and the fence then closes.
      self.init(instance: "", epoch: 0)
      return
    }
    self.init(instance: String(lines[1]), epoch: epoch)
  }

  /// Replaces the marker durably: written beside it, flushed, renamed, and the folder flushed.
  func write(to path: String) throws {
    let text = "\(InstanceMarker.head)\n\(instance)\n\(epoch)\n"
    let draft = path + ".new"
    try flush(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC) { descriptor in
      text.withCString { Glibc.write(descriptor, $0, strlen($0)) == text.utf8.count }
    }
    guard rename(draft, path) == 0 else { throw problem("rename", path) }
    let folder = (path as NSString).deletingLastPathComponent
    try flush(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) { _ in true }
  }

  private func flush(_ path: String, _ flags: Int32, _ fill: (Int32) -> Bool) throws {
    let descriptor = open(path, flags, 0o640)
    guard descriptor >= 0 else { throw problem("open", path) }
    defer { close(descriptor) }
    guard fill(descriptor), fsync(descriptor) == 0 else { throw problem("write", path) }
  }

  private func problem(_ verb: String, _ path: String) -> LedgerProblem {
    LedgerProblem(
      .unreadable,
      "cannot \(verb) the instance marker \(path): \(String(cString: strerror(errno)))",
      hint: "Kindly must be able to write the folder of its ledger")
  }
}
