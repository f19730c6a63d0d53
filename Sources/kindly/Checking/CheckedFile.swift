import Foundation
import KindlyCore

/// The one file that a check is about, and the configuration folder that it belongs to.
struct CheckedFile {
  private let path: String

  init(_ path: String) throws {
    self.path = CheckedFile.canonical(path)
    guard FileManager.default.fileExists(atPath: self.path) else {
      throw Failure(.usage, "there is no file \(path)")
    }
  }

  /// The folder of kindly.yaml: the file's own, or the one above rules.d and templates.
  var folder: String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let inner = parts.lastIndex { $0 == "rules.d" || $0 == "templates" } ?? parts.count - 1
    return parts[..<inner].joined(separator: "/")
  }

  func isMeant(by place: Place) -> Bool { CheckedFile.canonical(place.file) == path }

  private static func canonical(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
