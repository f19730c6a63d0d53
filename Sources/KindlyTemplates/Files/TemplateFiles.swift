import CFiles
import Foundation
import Glibc
package import KindlyCore

/// The files of a templates folder, read once, so that a reload never sees half of an edit.
package struct TemplateFiles: Sendable {
  /// A letter is a few kilobytes; what is larger is a mistake, such as an image pasted into the HTML.
  package static let templateLimit = 256 * 1024
  /// A mail with larger images is refused by many servers and loads slowly on a phone.
  package static let imageLimit = 1024 * 1024
  /// More files than any company has letters; a folder with more is the wrong folder.
  static let countLimit = 5000

  /// Where the folder is, for messages.
  let folder: String
  /// Contents by path relative to the folder, with `/` between its parts.
  let contents: [ExactText: [UInt8]]
  let findings: [TemplateFinding]
  /// The folder from which the files that letters attach are read; nil if all files are in memory.
  private let disk: BoundedFolder?

  /// Files that are already in memory; `folder` only appears in messages.
  package init(_ contents: [ExactText: [UInt8]], folder: String = "templates") {
    self.folder = folder
    self.contents = contents
    findings = []
    disk = nil
  }

  /// Reads every letter and image below a folder; what cannot be read is kept as a finding.
  package init(folder: String) {
    var contents: [ExactText: [UInt8]] = [:]
    var findings: [TemplateFinding] = []
    do {
      for path in try TemplateFiles.paths(in: folder) {
        let place = TemplatePlace(file: folder + "/" + path)
        do {
          contents[path] = try TemplateFiles.bytes(
            of: place.file, limit: TemplateFiles.limit(of: path))
        } catch let error as Unusable {
          findings.append(.error(error.text, at: place))
        } catch {
          findings.append(.error("cannot be read: \(error.systemCause)", at: place))
        }
      }
    } catch {
      findings.append(.error(TemplateFiles.explain(error), at: TemplatePlace(file: folder)))
    }
    self.folder = folder
    self.contents = contents
    self.findings = findings
    disk = BoundedFolder(path: folder)
  }

  /// The paths of the letters, partials and layouts.
  var templates: [String] { contents.keys.sorted().map(\.string).filter { $0.hasSuffix(".html") } }

  /// A file for a letter to attach. Unlike an image, it is read only if a letter names it, and no link to it is followed.
  func attachable(_ path: String) throws(BoundedFolder.Fault) -> [UInt8] {
    if let disk { return try disk.bytes(of: path, limit: AttachedFile.largest) }
    guard let bytes = contents[path] else { throw .missing }
    return bytes
  }

  /// The paths that letters may attach, for a suggestion.
  func attachablePaths() -> [String] {
    guard let disk else { return contents.keys.map(\.string) }
    // Losing the error is right: without a list there is no suggestion.
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: disk.path)) ?? []
    return paths.filter { !$0.hasSuffix(".html") }
  }

  func place(_ path: String) -> TemplatePlace { TemplatePlace(file: folder + "/" + path) }

  private static func paths(in folder: String) throws -> [String] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
      // What editors leave behind begins with a dot: `.welcome.html.swp`, `.#welcome.html`.
      !path.split(separator: "/").contains { $0.hasPrefix(".") }
        && (path.hasSuffix(".html") || InlineImages.mediaType(of: path) != nil)
    }
    guard paths.count <= countLimit else {
      throw Unusable(
        text: "expected at most \(countLimit) templates and images, got \(paths.count)")
    }
    return paths.sortedExactly
  }

  private static func limit(of path: String) -> Int {
    path.hasSuffix(".html") ? templateLimit : imageLimit
  }

  private static func bytes(of path: String, limit: Int) throws -> [UInt8] {
    let descriptor = kindly_open_regular(path)
    guard descriptor != -2 else {
      throw Unusable(text: "expected a regular file, got a folder, pipe, socket or device")
    }
    guard descriptor >= 0 else {
      throw Unusable(text: "cannot be read: \(String(cString: strerror(errno)))")
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let bytes = [UInt8](try file.read(upToCount: limit + 1) ?? Data())
    guard bytes.count <= limit else {
      throw Unusable(text: "expected at most \(limit / 1024) KB, got more")
    }
    return bytes
  }

  private static func explain(_ error: any Error) -> String {
    if let error = error as? Unusable { return error.text }
    return "the templates folder cannot be read: \(error.systemCause)"
  }

  private struct Unusable: Error {
    let text: String
  }
}
