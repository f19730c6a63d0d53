import KindlyCore

extension TemplateLibrary {
  /// What a letter attaches, one phrase for each file in any of its languages; empty for most letters.
  package func attachments(of name: String) -> [String] {
    var phrases: [String] = []
    for (_, letter) in (letters[name] ?? [:]).sorted(by: { $0.key < $1.key }) {
      for attachment in letter.file.attachments where !phrases.containsExactly(attachment.phrase) {
        phrases.append(attachment.phrase)
      }
    }
    return phrases
  }

  /// Whether rendering a letter may read files that rows name, which blocks while a disk or a network answers.
  package func readsFiles(_ name: String) -> Bool {
    (letters[name] ?? [:]).values.contains { letter in
      letter.file.attachments.contains { $0.rowFile != nil }
    }
  }

  /// The files that travel with a letter about one row.
  func attachments(
    of letter: LinkedLetter, _ evaluation: Evaluation
  ) throws(TemplateProblem) -> [AttachedFile] {
    var attachments: [AttachedFile] = []
    var total = 0
    for attachment in letter.file.attachments {
      guard let file = try contents(of: attachment, evaluation) else { continue }
      total += file.bytes.count
      guard total <= AttachedFile.largestTogether else {
        throw .attachmentsTooLarge(bytes: total, at: attachment.place)
      }
      let written = try text(attachment.name, letter, evaluation) ?? ""
      attachments.append(
        AttachedFile(
          name: FileName.safe(written, or: file.shownName),
          mediaType: AttachedFile.mediaType(of: file.path), bytes: file.bytes))
    }
    return attachments
  }

  private struct Contents {
    let path: String
    /// The file's own name as the reader may see it.
    let shownName: String
    let bytes: [UInt8]
  }

  /// The file of an attachment; nil where the row names none and may.
  private func contents(
    of attachment: CompiledAttachment, _ evaluation: Evaluation
  ) throws(TemplateProblem) -> Contents? {
    switch attachment.origin {
    case .file(let file):
      return Contents(path: file.path, shownName: FileName.last(of: file.path), bytes: file.bytes)
    case .row(let file):
      guard let path = try evaluation.path(file.slot) else {
        guard file.isRequired else { return nil }
        throw .noFile(column: file.column, at: attachment.place)
      }
      do throws(BoundedFolder.Fault) {
        let bytes = try BoundedFolder(path: file.folder.path)
          .bytes(of: path.text, limit: AttachedFile.largest)
        let name = path.isHidden ? Evaluation.hiddenSecret : FileName.last(of: path.text)
        return Contents(path: path.text, shownName: name, bytes: bytes)
      } catch {
        throw .unusableFile(
          column: file.column, folder: file.folder.path, why: error.words, at: attachment.place)
      }
    }
  }
}

extension CompiledAttachment {
  /// The file for a person who checks letters.
  fileprivate var phrase: String {
    switch origin {
    case .file(let file):
      AttachedFile(
        name: file.path, mediaType: AttachedFile.mediaType(of: file.path), bytes: file.bytes
      ).summary
    case .row(let file):
      "the file that column \(file.column) names below folder \(file.folder.name)"
    }
  }
}

/// Makes file names that do no harm where a reader saves them.
enum FileName {
  /// File systems allow 255 bytes; mail programs add a number to a name that is taken.
  private static let longest = 200

  /// The last part of a path.
  static func last(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? path
  }

  /// A written name on one line, without a path and without signs that turn it round; the other name if nothing is left.
  static func safe(_ written: String, or other: String) -> String {
    for name in [written, other] {
      let safe = safe(name)
      if !safe.allSatisfy({ $0 == "." }) { return safe }
    }
    return "file"
  }

  private static func safe(_ name: String) -> String {
    let scalars = HeaderText.folded(name).unicodeScalars.compactMap { scalar -> Unicode.Scalar? in
      if scalar == "/" || scalar == "\\" { return "_" }
      // U+202E shows `exe.fdp` as `pdf.exe`. A joiner holds emoji and some scripts together.
      return scalar.isUnseen && scalar != "\u{200C}" && scalar != "\u{200D}" ? nil : scalar
    }
    return shortened(String(String.UnicodeScalarView(scalars)).trimmed)
  }

  /// The name with its ending kept, cut between characters.
  private static func shortened(_ name: String) -> String {
    guard name.utf8.count > longest else { return name }
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    let ending = name[dot...].utf8.count <= 16 ? name[dot...] : ""
    var stem = name.dropLast(ending.count)
    while stem.utf8.count + ending.utf8.count > longest { stem.removeLast() }
    return String(stem + ending)
  }
}
