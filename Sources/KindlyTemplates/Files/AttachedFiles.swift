import KindlyCore

/// A file of the templates folder that a letter attaches.
struct TemplateFile: Sendable {
  let path: String
  let bytes: [UInt8]
  /// Stands for the bytes in a letter's hash.
  let digest: String
}

/// The files of the templates folder that letters attach, each read once, however many letters attach it.
struct AttachedFiles {
  /// All of them stay in memory, and those of two libraries during a reload.
  static let largestTogether = 100 * 1024 * 1024

  private(set) var byPath: [ExactText: TemplateFile] = [:]
  private var total = 0

  /// The file at a path, or why it cannot be attached.
  mutating func file(_ path: String, of files: TemplateFiles) throws(Refused) -> TemplateFile {
    if let known = byPath[path] { return known }
    guard !path.lowercased().hasSuffix(".html") else {
      throw Refused("expected a file other than a letter (.html), got `\(path)`")
    }
    let bytes: [UInt8]
    do throws(BoundedFolder.Fault) {
      bytes = try files.attachable(path)
    } catch {
      throw Refused(AttachedFiles.text(of: error, path, files))
    }
    guard total + bytes.count <= AttachedFiles.largestTogether else {
      throw Refused(
        "expected the attached files of all letters to have at most \(AttachedFile.size(AttachedFiles.largestTogether)) together, "
          + "got more with `\(path)`")
    }
    total += bytes.count
    let file = TemplateFile(path: path, bytes: bytes, digest: Digest.short(of: bytes, length: 32))
    byPath[path] = file
    return file
  }

  struct Refused: Error {
    let text: String

    init(_ text: String) { self.text = text }
  }

  private static func text(
    of fault: BoundedFolder.Fault, _ path: String, _ files: TemplateFiles
  ) -> String {
    switch fault {
    case .missing:
      let meant = Suggestion.nearest(to: path, among: files.attachablePaths())
      return "no file `\(path)` in the templates folder\(hint(meant))"
    case .outside: return "expected a file's path below the templates folder, got `\(path)`"
    case .link, .irregular, .empty, .changing, .tooLarge, .unreadable, .noFolder:
      return "expected `\(path)` to be a file that can be attached, got \(fault.words)"
    }
  }
}
