import KindlyCore
import Yams

extension TemplateHead {
  /// One member of `attach:` as it is written.
  struct Attachment {
    enum Origin {
      /// A file of the templates folder.
      case file(Field)
      /// The file that a column of the row names, below a folder of `folders:`.
      case column(Field, below: Field, isRequired: Bool)
    }

    let origin: Origin
    /// The file name that the reader sees; nil for the file's own.
    let name: Field?
    let offset: Int
  }

  /// The key of the attachments.
  static let attach = "attach"

  /// The members of `attach:`, one or a list of them; those with errors are left out.
  static func attachments(
    _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) -> [Attachment] {
    let members: [Node]
    switch value {
    case .sequence(let list): members = Array(list)
    case .scalar, .mapping, .alias: members = [value]
    }
    let most = AttachedFile.most
    if !(1...most).contains(members.count) {
      let text = "expected `attach` to have 1 to \(most) files, got \(members.count)"
      findings.append(.error(text, at: source.place(offset(of: value, source))))
    }
    return members.compactMap { attachment($0, source, &findings) }
  }

  private static func attachment(
    _ node: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) -> Attachment? {
    guard case .mapping(let mapping) = node else {
      return file(attach, node, source, &findings).map {
        Attachment(origin: .file($0), name: nil, offset: $0.offset)
      }
    }
    var reader = AttachmentReader(source)
    for (key, value) in mapping { reader.add(key, value) }
    let attachment = reader.attachment(at: offset(of: node, source))
    findings += reader.findings
    return reader.findings.isEmpty ? attachment : nil
  }

  /// A text that is not empty.
  fileprivate static func file(
    _ name: String, _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) -> Field? {
    guard let field = field(name, value, source, &findings) else { return nil }
    guard field.value.trimmed.isEmpty else { return field }
    let text = "expected `\(name)` to be a text, got nothing"
    findings.append(.error(text, at: source.place(field.offset)))
    return nil
  }
}

/// Reads a member of `attach:` that is written as a map.
private struct AttachmentReader {
  private enum Key: String, CaseIterable {
    case file, column, below, name, required
  }

  private let source: SourceText
  private var fields: [Key: TemplateHead.Field] = [:]
  private(set) var findings: [TemplateFinding] = []

  init(_ source: SourceText) {
    self.source = source
  }

  mutating func add(_ key: Node, _ value: Node) {
    let name = key.scalar?.string ?? "?"
    guard let known = Key(rawValue: name) else {
      let keys = Key.allCases.map(\.rawValue)
      let meant = Suggestion.nearest(to: name, among: keys)
      return refuse(
        "expected one of \(keys.joined(separator: ", ")), got `\(name)`\(hint(meant))",
        at: TemplateHead.offset(of: key, source))
    }
    fields[known] = TemplateHead.file(name, value, source, &findings)
  }

  /// What the map says; nil, with an error, where that is no attachment.
  mutating func attachment(at offset: Int) -> TemplateHead.Attachment? {
    // What is missing may be what has an error already.
    guard findings.isEmpty else { return nil }
    switch (fields[.file], fields[.column]) {
    case (let file?, nil):
      for key in [Key.below, .required] {
        guard let field = fields[key] else { continue }
        refuse("`\(key.rawValue)` belongs to `column`, not to `file`", at: field.offset)
      }
      return TemplateHead.Attachment(origin: .file(file), name: fields[.name], offset: offset)
    case (nil, let column?):
      guard let below = fields[.below] else {
        refuse("expected `below`, the name of a folder of `folders:` in kindly.yaml", at: offset)
        return nil
      }
      checkColumn(column)
      return TemplateHead.Attachment(
        origin: .column(column, below: below, isRequired: isRequired()), name: fields[.name],
        offset: offset)
    case (nil, nil), (_?, _?):
      refuse(
        "expected either `file`, a file of the templates folder, or `column`, a column that names one",
        at: offset)
      return nil
    }
  }

  private mutating func checkColumn(_ column: TemplateHead.Field) {
    guard column.value.hasPrefix("this.") || column.value.contains("{{") else { return }
    refuse(
      "expected `column` to be the bare name of a column, `contract_file`, got `\(column.value)`",
      at: column.offset)
  }

  /// A file is required unless the head says otherwise.
  private mutating func isRequired() -> Bool {
    guard let field = fields[.required] else { return true }
    switch field.value.lowercased() {
    case "yes", "true": return true
    case "no", "false": return false
    default:
      refuse("expected `required` to be yes or no, got `\(field.value)`", at: field.offset)
      return true
    }
  }

  private mutating func refuse(_ text: String, at offset: Int) {
    findings.append(.error(text, at: source.place(offset)))
  }
}
