import Foundation
import Glibc
import KindlyCore

/// The second file of the instance fence: which ledger was last used here, and how far it was.
struct InstanceMarker: Hashable, Sendable {
  var instance: String
  var epoch: Int64
  /// The database file that the marker was written for; nil in markers of versions that did not record it.
  var place: LedgerPlace?
  /// The ledger's commits while it was armed, as far as they reached the marker; 0 in markers of versions that did not count.
  var commits: Int64

  private static let head = "kindly ledger instance 1"

  init(instance: String, epoch: Int64, place: LedgerPlace?, commits: Int64) {
    self.instance = instance
    self.epoch = epoch
    self.place = place
    self.commits = commits
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
      self.init(instance: "", epoch: 0, place: nil, commits: 0)
      return
    }
    self.init(text: try InstanceMarker.text(at: path))
  }

  /// Damaged is as good as foreign: it proves nothing, and the fence then closes.
  private init(text: String) {
    let lines = text.split(separator: "\n")
    let isCounted = lines.count == 5
    guard lines.count == 3 || isCounted, lines[0] == InstanceMarker.head,
      let epoch = Int64(lines[2]), let commits = isCounted ? Int64(lines[4]) : 0
    else {
      self.init(instance: "", epoch: 0, place: nil, commits: 0)
      return
    }
    self.init(
      instance: String(lines[1]), epoch: epoch,
      place: isCounted ? LedgerPlace(line: lines[3]) : nil, commits: commits)
  }

  /// The marker's text; the count is its last line and always of the same width, so that it can be written over in place.
  var text: String {
    let lines = [
      InstanceMarker.head, instance, "\(epoch)", place?.line ?? "nowhere",
      InstanceMarker.line(of: commits),
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  static func line(of commits: Int64) -> String {
    let digits = String(commits)
    return String(repeating: "0", count: 19 - digits.utf8.count) + digits
  }

  private static func text(at path: String) throws -> String {
    do {
      return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    } catch {
      throw LedgerProblem.system("read", "the ledger's instance marker \(path)")
    }
  }
}
