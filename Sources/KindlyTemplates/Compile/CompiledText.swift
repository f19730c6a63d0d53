import Mustache

/// All expressions and partial names of a templates folder, numbered.
///
/// Tags are rewritten to these numbers before Mustache parses the text (`{{date(this.到期日)}}` becomes `{{17}}`). So
/// column names may contain any Unicode, nothing is looked up by reflection, and a value that cannot be written is
/// reported with its file, line and column.
struct TagTable: Sendable {
  struct Slot: Hashable, Sendable {
    enum Use: Hashable, Sendable {
      /// Written as it is into a text that is not HTML.
      case plain
      /// Escaped for HTML: as text or inside a quoted attribute.
      case html
      /// Escaped for an attribute of HTML that has no quotes.
      case unquotedAttribute
      /// Written as it is into HTML.
      case unescaped
      case condition
    }

    let expression: Expression
    let use: Use
    let place: TemplatePlace
    /// Whether it stands between `{{#rows}}` and `{{/rows}}` of its own file.
    let isInRows: Bool
  }

  private(set) var slots: [Slot] = []
  private(set) var partials: [String] = []
  private var literals: [String] = []

  /// What begins the name of a literal text, so that it is no number.
  private static let literalMark = "t"

  mutating func add(_ slot: Slot) -> Int {
    slots.append(slot)
    return slots.count - 1
  }

  /// The name under which Mustache asks for a text of the template itself.
  mutating func name(ofLiteral text: String) -> String {
    literals.append(text)
    return "\(TagTable.literalMark)\(literals.count - 1)"
  }

  /// The literal text of that name, or nil where the name is an expression's number.
  func literal(named name: String) -> String? {
    guard name.hasPrefix(TagTable.literalMark) else { return nil }
    return Int(name.dropFirst(TagTable.literalMark.count)).map { literals[$0] }
  }

  /// The number of a partial's canonical name.
  mutating func number(ofPartial name: String) -> Int {
    if let known = partials.firstIndex(of: name) { return known }
    partials.append(name)
    return partials.count - 1
  }
}

/// One text of a template, parsed.
struct CompiledText: Sendable {
  /// What kind of text it is, which decides about escaping and about what may stand in it.
  enum Kind: Hashable, Sendable {
    case html, layout
    case plain(isSubject: Bool)
  }

  struct PartialUse: Hashable, Sendable {
    let name: String
    let number: Int
    let place: TemplatePlace
    /// Whether it stands between `{{#rows}}` and `{{/rows}}` of its own file.
    let isInRows: Bool
  }

  let template: MustacheTemplate
  /// The numbers of the expressions in it.
  let slots: [Int]
  let partials: [PartialUse]
}

/// Turns one text with tags into what Mustache can render, and collects its problems.
struct TextCompiler {
  private let kind: CompiledText.Kind
  private let source: SourceText
  private let range: Range<Int>
  private let place: (Tag) -> TemplatePlace
  private var slots: [Int] = []
  private var partials: [CompiledText.PartialUse] = []
  /// The open sections, and whether each is the section of rows.
  private var open: [(number: Int, isRows: Bool)] = []
  private var unquoted: UnquotedPlaces?

  /// - Parameter place: the place of a tag in the file; a head's value is not where its text suggests.
  init(
    _ source: SourceText, in range: Range<Int>, kind: CompiledText.Kind,
    place: @escaping (Tag) -> TemplatePlace
  ) {
    self.kind = kind
    self.source = source
    self.range = range
    self.place = place
  }

  /// The parsed text, or nil where something was found.
  mutating func compile(
    replacing images: [(range: Range<Int>, text: String)] = [], table: inout TagTable,
    findings: inout [TemplateFinding]
  ) -> CompiledText? {
    let before = findings.count
    let tags: [Tag]
    do {
      tags = try TagScanner.tags(of: source, in: range)
    } catch {
      let tag = Tag(kind: .comment, content: "", range: error.offset..<error.offset)
      findings.append(.error(error.text, at: place(tag)))
      return nil
    }
    if !isPlain { unquoted = UnquotedPlaces(source.bytes, in: range, besides: tags) }
    var replacements = images
    for tag in tags {
      let text = rewrite(tag, &table, &findings)
      if let text { replacements.append((tag.range, text)) }
    }
    guard findings.count == before else { return nil }
    do {
      let template = try MustacheTemplate(string: rewritten(with: replacements, &table))
      return CompiledText(template: template, slots: slots, partials: partials)
    } catch {
      // The scanner has accepted every tag, so this is a rule of the parser that the scanner does not know.
      findings.append(
        .error("Mustache cannot read this text: \(error)", at: source.place(range.lowerBound)))
      return nil
    }
  }

  private func rewritten(
    with replacements: [(range: Range<Int>, text: String)], _ table: inout TagTable
  ) -> String {
    var bytes: [UInt8] = []
    var position = range.lowerBound
    for (replaced, text) in replacements.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      bytes += apart(source.text(position..<replaced.lowerBound), &table).utf8
      bytes += text.utf8
      position = replaced.upperBound
    }
    bytes += apart(source.text(position..<range.upperBound), &table).utf8
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The text between two tags, without characters that would merge with their braces.
  ///
  /// Mustache reads grapheme clusters, so a brace followed by a combining mark or a joiner is not a brace to it. Such
  /// marks are written through tags of their own.
  private func apart(_ text: String, _ table: inout TagTable) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, !first.isASCII || !last.isASCII else {
      return text
    }
    let leading = scalars.prefix { joins("}", $0) }
    let inner = scalars[leading.endIndex...]
    let trailing = inner.reversed().prefix { joins($0, "{") }.count
    let kept = inner.dropLast(trailing)
    return literal(leading, &table) + String(kept) + literal(inner.suffix(trailing), &table)
  }

  private func literal(
    _ scalars: Substring.UnicodeScalarView, _ table: inout TagTable
  ) -> String {
    scalars.isEmpty ? "" : "{{{\(table.name(ofLiteral: String(scalars)))}}}"
  }

  /// Whether two scalars make one character.
  private func joins(_ left: Unicode.Scalar, _ right: Unicode.Scalar) -> Bool {
    String(String.UnicodeScalarView([left, right])).count == 1
  }

  /// The tag as Mustache shall see it, or nil where it stays as it is or something was found.
  private mutating func rewrite(
    _ tag: Tag, _ table: inout TagTable, _ findings: inout [TemplateFinding]
  ) -> String? {
    switch tag.kind {
    // The text of a comment might end it for Mustache, so it is removed.
    case .comment: return "{{!}}"
    case .partial: return rewrite(partial: tag, &table, &findings)
    case .close: return "{{/\(open.popLast()?.number ?? 0)}}"
    case .escaped, .unescaped, .section, .inverted: break
    }
    let number = slot(of: tag, &table, &findings)
    switch tag.kind {
    case .section, .inverted:
      let isRows = number.map { table.slots[$0].expression.operand == .rows } ?? false
      open.append((number ?? 0, isRows && tag.kind == .section))
      return number.map { "{{\(tag.kind == .section ? "#" : "^")\($0)}}" }
    // Always unescaped for Mustache: the evaluation has escaped the value already.
    case .escaped, .unescaped: return number.map { "{{{\($0)}}}" }
    case .close, .partial, .comment: return nil
    }
  }

  private var isPlain: Bool {
    switch kind {
    case .plain: true
    case .html, .layout: false
    }
  }

  private mutating func slot(
    of tag: Tag, _ table: inout TagTable, _ findings: inout [TemplateFinding]
  ) -> Int? {
    do {
      let expression = try Expression(tag.content)
      try check(expression, in: tag)
      let slot = TagTable.Slot(
        expression: expression, use: use(of: tag), place: place(tag), isInRows: isInRows)
      let number = table.add(slot)
      slots.append(number)
      return number
    } catch {
      findings.append(.error(error.text, at: place(tag)))
      return nil
    }
  }

  private var isInRows: Bool { open.contains(where: \.isRows) }

  private func use(of tag: Tag) -> TagTable.Slot.Use {
    switch tag.kind {
    case .section, .inverted: .condition
    case .unescaped: isPlain ? .plain : .unescaped
    case .escaped, .close, .partial, .comment:
      if isPlain {
        .plain
      } else {
        unquoted?.contains(tag) == true ? .unquotedAttribute : .html
      }
    }
  }

  private func check(_ expression: Expression, in tag: Tag) throws(Expression.Unreadable) {
    let isCondition = use(of: tag) == .condition
    if isCondition, expression.helper != nil {
      throw .init(text: "a section asks whether a value is there; write it without a helper")
    }
    switch expression.operand {
    case .content:
      guard kind == .layout, !isCondition else {
        throw .init(text: "only a layout has `content`, the letter inside it")
      }
      if tag.kind != .unescaped {
        throw .init(text: "`content` is HTML already; expected {{{content}}}, with three braces")
      }
    case .oldValues where !isCondition:
      throw .init(text: "expected a column, such as `old.status`, got `old` alone")
    case .subject where kind == .plain(isSubject: true):
      throw .init(text: "the subject cannot hold itself")
    case .rows where !isCondition:
      throw .init(text: "expected a section, {{#rows}}…{{/rows}}, or `count`, got `rows` alone")
    case .rows where isInRows:
      throw .init(text: "expected no nested `rows`; a row has no rows of its own")
    case .list where !isCondition:
      guard kind != .plain(isSubject: true) else {
        throw .init(text: "a list is a table, which does not fit into a subject")
      }
      guard tag.kind == .escaped, use(of: tag) != .unquotedAttribute else {
        throw .init(text: "a list is a table; expected two braces, outside of an HTML tag")
      }
    case .this, .old, .oldValues, .person, .list, .moment, .was, .now, .rule, .language, .subject,
      .rows, .count:
      break
    }
  }

  private mutating func rewrite(
    partial tag: Tag, _ table: inout TagTable, _ findings: inout [TemplateFinding]
  ) -> String? {
    guard !isPlain else {
      findings.append(
        .error("partials are HTML; the head of a letter cannot hold one", at: place(tag)))
      return nil
    }
    let name = tag.content.hasPrefix("partials/") ? tag.content : "partials/" + tag.content
    let number = table.number(ofPartial: name)
    partials.append(.init(name: name, number: number, place: place(tag), isInRows: isInRows))
    return "{{>\(number)}}"
  }
}
