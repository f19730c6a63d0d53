import Foundation
package import KindlyCore

/// The one file that a check is about, and the configuration folder that it belongs to.
package struct CheckedFile {
  private let path: String

  /// The file at a path; nil where there is none.
  package init?(_ path: String) {
    self.path = CheckedFile.canonical(path)
    guard FileManager.default.fileExists(atPath: self.path) else { return nil }
  }

  /// The folder of kindly.yaml: the file's own, or the one above rules.d and templates.
  package var folder: String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let inner = parts.lastIndex { $0 == "rules.d" || $0 == "templates" } ?? parts.count - 1
    return parts[..<inner].joined(separator: "/")
  }

  package func isMeant(by place: Place) -> Bool { CheckedFile.canonical(place.file) == path }

  private static func canonical(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
