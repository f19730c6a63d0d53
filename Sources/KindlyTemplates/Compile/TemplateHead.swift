import KindlyCore
import Yams

/// The part of a letter between its two `---` lines: what a mail needs besides its HTML.
struct TemplateHead {
  enum Key: String, CaseIterable {
    case subject, sms, text, language, from
    case replyTo = "reply to"
  }

  struct Field {
    let value: String
    /// Where the value begins in the file.
    let offset: Int
  }

  /// What the head says for one channel under `channels:`.
  struct Form {
    /// Each text with the words that name it; the parameters of a list are named 1, 2 and so on.
    typealias Member = (name: String, field: Field)

    let channel: String
    let offset: Int
    var template: Field?
    var url: Field?
    var page: Field?
    var parameters: [Member] = []

    static let keys = ["template", "parameters", "url", "page"]
  }

  /// The key of the forms, which is no text like the others.
  private static let channels = "channels"

  var fields: [Key: Field] = [:]
  private(set) var forms: [Form] = []
  private(set) var attachments: [Attachment] = []
  /// Where the HTML begins.
  let bodyStart: Int

  /// Reads the head; a file without one has no fields. Findings are added, and what could be read is kept.
  init(_ source: SourceText, findings: inout [TemplateFinding]) {
    guard TemplateHead.isRule(source, line: 0) else {
      bodyStart = 0
      return
    }
    guard let last = (1..<source.lineCount).first(where: { TemplateHead.isRule(source, line: $0) })
    else {
      findings.append(.error("expected a second `---` line to end the head", at: source.place(0)))
      bodyStart = source.bytes.count
      return
    }
    bodyStart = min(source.line(last).upperBound + 1, source.bytes.count)
    let head = source.line(0).upperBound + 1..<source.line(last).lowerBound
    // A line of its own before the head makes Yams count lines as the file does.
    read(yaml: "\n" + source.text(head), source, &findings)
  }

  private static func isRule(_ source: SourceText, line: Int) -> Bool {
    source.text(source.line(line)).trimmed == "---"
      && source.bytes[source.line(line).lowerBound] == 0x2D
  }

  private mutating func read(
    yaml: String, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) {
    let node: Node?
    do {
      node = try Yams.compose(yaml: yaml)
    } catch let error as YamlError {
      findings.append(TemplateHead.explain(error, source))
      return
    } catch {
      findings.append(.error("the head is not YAML: \(error)", at: source.place(0)))
      return
    }
    guard let node else { return }
    guard case .mapping(let mapping) = node else {
      let text = "expected the head to be lines of `key: value`"
      findings.append(.error(text, at: source.place(source.line(1).lowerBound)))
      return
    }
    for (key, value) in mapping { add(key, value, source, &findings) }
  }

  private mutating func add(
    _ key: Node, _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) {
    let place = source.place(TemplateHead.offset(of: key, source))
    let name = key.scalar?.string ?? "?"
    if name == TemplateHead.channels { return addForms(value, source, &findings) }
    if name == TemplateHead.attach {
      attachments = TemplateHead.attachments(value, source, &findings)
      return
    }
    guard let known = Key(rawValue: name) else {
      let keys = Key.allCases.map(\.rawValue) + [TemplateHead.channels, TemplateHead.attach]
      let meant = Suggestion.nearest(to: name, among: keys)
      let expected = keys.joined(separator: ", ")
      findings.append(.error("expected one of \(expected), got `\(name)`\(hint(meant))", at: place))
      return
    }
    if let field = TemplateHead.field(name, value, source, &findings) { fields[known] = field }
  }

  /// The text of a key; nil, with an error, where the value is none.
  static func field(
    _ name: String, _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) -> Field? {
    let offset = TemplateHead.offset(of: value, source)
    guard case .scalar(let scalar) = value else {
      let text =
        "expected `\(name)` to be a text; a value that begins with `{{`, `[` or `*` needs quotes"
      findings.append(.error(text, at: source.place(offset)))
      return nil
    }
    if scalar.style == .plain, TemplateHead.hasComment(source, after: offset) {
      let text =
        "what follows ` #` would be lost as a comment; put the value of `\(name)` in quotes"
      findings.append(.error(text, at: source.place(offset)))
    }
    return Field(value: scalar.string, offset: offset)
  }

  private mutating func addForms(
    _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) {
    guard case .mapping(let channels) = value else {
      let text =
        "expected `channels` to be a map of channels, each with `template:` or `parameters:`"
      findings.append(.error(text, at: source.place(TemplateHead.offset(of: value, source))))
      return
    }
    for (name, content) in channels {
      let channel = name.scalar?.string ?? "?"
      guard case .mapping(let members) = content else {
        let text = "expected `\(channel)` to be a map with `template:` or `parameters:`"
        findings.append(.error(text, at: source.place(TemplateHead.offset(of: content, source))))
        continue
      }
      var form = Form(channel: channel, offset: TemplateHead.offset(of: name, source))
      for (key, value) in members { form.add(key, value, source, &findings) }
      forms.append(form)
    }
  }

  private static func hasComment(_ source: SourceText, after offset: Int) -> Bool {
    let line = source.line(source.place(offset).line - 1)
    return source.text(offset..<max(offset, line.upperBound)).contains(" #")
  }

  static func offset(of node: Node, _ source: SourceText) -> Int {
    node.mark.map { source.offset($0) } ?? 0
  }

  private static func explain(_ error: YamlError, _ source: SourceText) -> TemplateFinding {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let line = max(0, min(mark.line, source.lineCount) - 1)
      return .error(
        explain(problem, source.text(source.line(line))), at: source.place(source.offset(mark)))
    case .duplicatedKeysInMapping(let keys, let context):
      return .error(
        "expected each key once, got `\(keys.joined(separator: "`, `"))` again",
        at: source.place(source.offset(context.mark)))
    case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      return .error("the head is not YAML: \(error)", at: source.place(0))
    }
  }

  /// The three ways in which a plain sentence is not YAML, and how to write it instead.
  private static func explain(_ problem: String, _ line: String) -> String {
    let value = line.drop { $0 != ":" }.dropFirst().trimmed
    if value.hasPrefix("{{") || value.contains(": ") || value.hasSuffix(":") {
      return "a value that begins with `{{` or contains `: ` needs quotes: key: \"…\""
    }
    if value.hasPrefix("\"") || value.hasPrefix("'") {
      return
        "a value that begins with a quote must end with one; write it as `key: |` with the text indented below"
    }
    return "the head is not YAML here: \(problem)"
  }
}

extension TemplateHead.Form {
  fileprivate mutating func add(
    _ key: Node, _ value: Node, _ source: SourceText, _ findings: inout [TemplateFinding]
  ) {
    let name = key.scalar?.string ?? "?"
    switch name {
    case "template": template = TemplateHead.field(name, value, source, &findings)
    case "url": url = TemplateHead.field(name, value, source, &findings)
    case "page": page = TemplateHead.field(name, value, source, &findings)
    case "parameters":
      let members: [(name: String, value: Node)]
      switch value {
      case .mapping(let map): members = map.map { ($0.key.scalar?.string ?? "?", $0.value) }
      case .sequence(let list): members = list.enumerated().map { ("\($0.offset + 1)", $0.element) }
      case .scalar, .alias:
        let text = "expected `parameters` to be a map of names and texts, or a list of texts"
        findings.append(.error(text, at: source.place(TemplateHead.offset(of: value, source))))
        return
      }
      parameters = members.compactMap { member in
        TemplateHead.field(member.name, member.value, source, &findings).map { (member.name, $0) }
      }
    default:
      let expected = TemplateHead.Form.keys.joined(separator: ", ")
      let meant = Suggestion.nearest(to: name, among: TemplateHead.Form.keys)
      findings.append(
        .error(
          "expected one of \(expected), got `\(name)`\(hint(meant))",
          at: source.place(TemplateHead.offset(of: key, source))))
    }
  }
}

extension SourceText {
  /// The offset of a mark of Yams, whose columns count characters.
  fileprivate func offset(_ mark: Mark) -> Int {
    guard mark.line >= 1, mark.line <= lineCount else { return bytes.count }
    let range = line(mark.line - 1)
    let before = String(text(range).unicodeScalars.prefix(max(0, mark.column - 1)))
    return min(range.lowerBound + before.utf8.count, range.upperBound)
  }
}
