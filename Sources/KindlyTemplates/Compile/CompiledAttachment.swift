import KindlyCore

/// One file that a letter attaches, as far as it is known without a row.
struct CompiledAttachment: Sendable {
  enum Origin: Sendable {
    case file(TemplateFile)
    case row(RowFile)
  }

  /// A file that is named by a column.
  struct RowFile: Sendable {
    /// The number of the column's expression.
    let slot: Int
    let column: String
    let folder: AttachmentFolder
    let isRequired: Bool
  }

  let origin: Origin
  let name: CompiledText?
  let place: TemplatePlace

  /// The file of the templates folder, if it is one.
  var file: TemplateFile? {
    switch origin {
    case .file(let file): file
    case .row: nil
    }
  }

  /// The file of the row, if it is one.
  var rowFile: RowFile? {
    switch origin {
    case .file: nil
    case .row(let file): file
    }
  }
}

extension FileCompiler {
  /// What the head attaches, each file of the templates folder read.
  mutating func attachments(
    of head: TemplateHead, _ source: SourceText, _ table: inout TagTable,
    _ attached: inout AttachedFiles
  ) -> [CompiledAttachment] {
    var compiled: [CompiledAttachment] = []
    for attachment in head.attachments {
      let name = attachment.name.flatMap { compile($0, source, &table) }
      let place = source.place(attachment.offset)
      guard let origin = origin(of: attachment, source, &table, &attached) else { continue }
      compiled.append(CompiledAttachment(origin: origin, name: name, place: place))
    }
    let total = compiled.compactMap(\.file).reduce(0) { $0 + $1.bytes.count }
    if let last = compiled.last, total > AttachedFile.largestTogether {
      let limit = AttachedFile.size(AttachedFile.largestTogether)
      let text =
        "expected the files of a letter to have at most \(limit) together, got \(AttachedFile.size(total))"
      findings.append(.error(text, at: last.place))
    }
    return compiled
  }

  private mutating func origin(
    of attachment: TemplateHead.Attachment, _ source: SourceText, _ table: inout TagTable,
    _ attached: inout AttachedFiles
  ) -> CompiledAttachment.Origin? {
    switch attachment.origin {
    case .file(let field):
      return file(field, at: source.place(field.offset), &attached).map { .file($0) }
    case .column(let column, let below, let isRequired):
      guard let folder = folder(below.value, at: source.place(below.offset)) else { return nil }
      let slot = TagTable.Slot(
        expression: Expression(operand: .this(column.value), helper: nil), use: .condition,
        place: source.place(column.offset), isInRows: false)
      return .row(
        CompiledAttachment.RowFile(
          slot: table.add(slot), column: column.value, folder: folder, isRequired: isRequired))
    }
  }

  private mutating func file(
    _ field: TemplateHead.Field, at place: TemplatePlace, _ attached: inout AttachedFiles
  ) -> TemplateFile? {
    let path = field.value.trimmed
    if path.contains("{{") {
      let text =
        "a file of the templates folder has a fixed name, got `\(path)`; for a file that the row names, write `{ column: …, below: … }`"
      findings.append(.error(text, at: place))
      return nil
    }
    do throws(AttachedFiles.Refused) {
      return try attached.file(path, of: files)
    } catch {
      findings.append(.error(error.text, at: place))
      return nil
    }
  }

  private mutating func folder(_ name: String, at place: TemplatePlace) -> AttachmentFolder? {
    if let folder = folders.first(where: { $0.name.isExactly(name) }) { return folder }
    let meant = Suggestion.nearest(to: name, among: folders.map(\.name))
    findings.append(
      .error("no folder `\(name)` under `folders:` in kindly.yaml\(hint(meant))", at: place))
    return nil
  }
}
