import Foundation
import Glibc

/// The files of this repository that are ours, as far as they are text.
enum Repository {
  /// Three folders up from this file.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A larger file is data, which no rule is about.
  private static let largest = 1_000_000

  static let files: [SourceText] = paths().compactMap { path in
    guard let data = FileManager.default.contents(atPath: root.path + "/" + path),
      data.count <= largest, let text = String(data: data, encoding: .utf8)
    else { return nil }
    return SourceText(path: path, text)
  }

  private static func paths() -> [String] {
    let ignored = ignoredNames()
    guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
    var paths: [String] = []
    for case let path as String in walk {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if ignored.contains(where: { fnmatch($0, name, 0) == 0 }) {
        walk.skipDescendants()
      } else if walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
        paths.append(path)
      }
    }
    return paths.sorted()
  }

  /// The patterns of `.gitignore`, which are plain names here, and git's own folder.
  private static func ignoredNames() -> [String] {
    let data = FileManager.default.contents(atPath: root.path + "/.gitignore") ?? Data()
    return [".git"] + String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
