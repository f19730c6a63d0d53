import KindlyCore

/// One template file, read and parsed, before it is known what it goes together with.
struct CompiledFile: Sendable {
  enum Role: Hashable, Sendable {
    case letter, layout, partial
  }

  /// The path without language and ending: `trial/welcome`.
  struct Name: Hashable, Sendable {
    let base: String
    /// A BCP 47 tag; empty for the file that serves all languages without a file of their own.
    let tag: String

    /// The name in a path such as `trial/welcome.zh-Hans.html`, or nil where a dot is followed by no language.
    init?(path: String) {
      let stem = path.hasSuffix(".html") ? path.dropLast(5) : path[...]
      let folders = stem.split(separator: "/", omittingEmptySubsequences: false)
      let last = folders.last ?? ""
      guard let dot = last.lastIndex(of: ".") else {
        base = String(stem)
        tag = ""
        return
      }
      guard let language = LanguageTag(String(last[last.index(after: dot)...])),
        !last[..<dot].isEmpty, !last[..<dot].contains(".")
      else { return nil }
      base = (folders.dropLast() + [last[..<dot]]).joined(separator: "/")
      tag = language.text
    }

    var role: Role {
      if base == "layout" { return .layout }
      return base.hasPrefix("partials/") ? .partial : .letter
    }
  }

  let name: Name
  let path: String
  let place: TemplatePlace
  let bytes: [UInt8]
  let subject: CompiledText?
  let shortText: CompiledText?
  let plainText: CompiledText?
  /// The mailboxes that the letter says for its mail.
  let from: CompiledText?
  let replyTo: CompiledText?
  let body: CompiledText
  let forms: [CompiledForm]
  let images: [InlineImage]
  let attachments: [CompiledAttachment]
  /// The language that the head of an untagged file says it is written in.
  let statedLanguage: String?
  /// The language of untagged files that do not say theirs.
  let companyLanguage: String?

  /// The language the file is written in; empty if unknown.
  var language: String { name.tag.isEmpty ? statedLanguage ?? companyLanguage ?? "" : name.tag }

  /// All texts of the file.
  var texts: [CompiledText] {
    [subject, shortText, plainText, from, replyTo, body].compactMap { $0 } + forms.flatMap(\.texts)
      + attachments.compactMap(\.name)
  }

  /// The numbers of all expressions of the file.
  var slots: [Int] { texts.flatMap(\.slots) + attachments.compactMap(\.rowFile?.slot) }
}

/// What a letter says for one channel, parsed.
struct CompiledForm: Sendable {
  let channel: String
  let template: String?
  let url: CompiledText?
  let page: CompiledText?
  let parameters: [(name: String, text: CompiledText)]

  var texts: [CompiledText] { parameters.map(\.text) + [url, page].compactMap { $0 } }
}

/// Reads and parses one file of a templates folder.
struct FileCompiler {
  let files: TemplateFiles
  /// The folders below which rows may name files.
  let folders: [AttachmentFolder]
  private let companyLanguage: String?
  var findings: [TemplateFinding] = []

  private init(files: TemplateFiles, folders: [AttachmentFolder], companyLanguage: String?) {
    self.files = files
    self.folders = folders
    self.companyLanguage = companyLanguage
  }

  /// Parses a file; returns nil if there are problems, which are added to `findings`.
  static func compile(
    _ path: String, of files: TemplateFiles, folders: [AttachmentFolder],
    companyLanguage: String?, table: inout TagTable, attached: inout AttachedFiles,
    findings: inout [TemplateFinding]
  ) -> CompiledFile? {
    var compiler = FileCompiler(files: files, folders: folders, companyLanguage: companyLanguage)
    let file = compiler.compile(path, &table, &attached)
    findings += compiler.findings
    return compiler.findings.isEmpty ? file : nil
  }

  private mutating func compile(
    _ path: String, _ table: inout TagTable, _ attached: inout AttachedFiles
  ) -> CompiledFile? {
    let place = files.place(path)
    let bytes = files.contents[path] ?? []
    guard let name = CompiledFile.Name(path: path) else {
      let text =
        "expected a name such as welcome.html or welcome.zh-Hans.html, with a BCP 47 language"
      findings.append(.error(text, at: place))
      return nil
    }
    guard bytes.count <= TemplateFiles.templateLimit else {
      let limit = TemplateFiles.templateLimit / 1024
      findings.append(
        .error("expected at most \(limit) KB, got \(bytes.count / 1024) KB", at: place))
      return nil
    }
    guard let source = SourceText(file: place.file, utf8: bytes) else {
      findings.append(.error("expected text in UTF-8; save the file in that encoding", at: place))
      return nil
    }
    return compile(source, name, path, &table, &attached)
  }

  private mutating func compile(
    _ source: SourceText, _ name: CompiledFile.Name, _ path: String, _ table: inout TagTable,
    _ attached: inout AttachedFiles
  ) -> CompiledFile? {
    let head = TemplateHead(source, findings: &findings)
    check(head, of: name, source)
    let range = head.bodyStart..<source.bytes.count
    let images = InlineImages(source, in: range, files: files)
    findings += images.findings
    let kind: CompiledText.Kind = name.role == .layout ? .layout : .html
    var compiler = TextCompiler(source, in: range, kind: kind) { source.place($0.range.lowerBound) }
    let body = compiler.compile(
      replacing: images.replacements, table: &table, findings: &findings)
    let subject = compile(.subject, of: head, source, &table)
    let shortText = compile(.sms, of: head, source, &table)
    let plainText = compile(.text, of: head, source, &table)
    let forms = head.forms.map { compile($0, source, &table) }
    let attachments = attachments(of: head, source, &table, &attached)
    checkBody(head, of: name, source)
    guard let body else { return nil }
    return CompiledFile(
      name: name, path: path, place: files.place(path), bytes: source.bytes, subject: subject,
      shortText: shortText, plainText: plainText, from: compile(.from, of: head, source, &table),
      replyTo: compile(.replyTo, of: head, source, &table), body: body, forms: forms,
      images: images.images, attachments: attachments,
      statedLanguage: head.fields[.language].flatMap { LanguageTag($0.value)?.text },
      companyLanguage: companyLanguage)
  }

  /// The value of a head; the place of a tag in it is where the file has the same tag.
  private mutating func compile(
    _ key: TemplateHead.Key, of head: TemplateHead, _ source: SourceText, _ table: inout TagTable
  ) -> CompiledText? {
    guard let field = head.fields[key] else { return nil }
    return compile(field, isSubject: key == .subject, source, &table)
  }

  private mutating func compile(
    _ form: TemplateHead.Form, _ source: SourceText, _ table: inout TagTable
  ) -> CompiledForm {
    CompiledForm(
      channel: form.channel, template: form.template?.value,
      url: form.url.flatMap { compile($0, source, &table) },
      page: form.page.flatMap { compile($0, source, &table) },
      parameters: form.parameters.compactMap { name, field in
        compile(field, source, &table).map { (name, $0) }
      })
  }

  mutating func compile(
    _ field: TemplateHead.Field, isSubject: Bool = false, _ source: SourceText,
    _ table: inout TagTable
  ) -> CompiledText? {
    let value = SourceText(file: source.file, field.value)
    var compiler = TextCompiler(
      value, in: 0..<value.bytes.count, kind: .plain(isSubject: isSubject)
    ) { tag in
      let written = value.text(tag.range)
      return source.place(source.firstOffset(of: written, from: field.offset) ?? field.offset)
    }
    return compiler.compile(table: &table, findings: &findings)
  }

  private mutating func check(
    _ head: TemplateHead, of name: CompiledFile.Name, _ source: SourceText
  ) {
    switch name.role {
    case .letter: checkLetter(head, source)
    case .layout, .partial:
      let offsets =
        head.fields.values.map(\.offset) + head.forms.map(\.offset)
        + head.attachments.map(\.offset)
      for offset in offsets {
        let text = "only letters have a head; a layout or partial is HTML alone"
        findings.append(.error(text, at: source.place(offset)))
      }
    }
    guard let stated = head.fields[.language] else { return }
    if LanguageTag(stated.value) == nil || !name.tag.isEmpty {
      let text =
        name.tag.isEmpty
        ? "expected a BCP 47 language such as en or zh-Hans, got `\(stated.value)`"
        : "the file's name says the language already, `\(name.tag)`; drop `language:`"
      findings.append(.error(text, at: source.place(stated.offset)))
    }
  }

  private mutating func checkLetter(_ head: TemplateHead, _ source: SourceText) {
    guard findings.isEmpty else { return }
    guard let subject = head.fields[.subject] else {
      let text =
        "expected a head with `subject: …` between two `---` lines at the top of the letter"
      findings.append(.error(text, at: source.place(0)))
      return
    }
    if subject.value.trimmed.isEmpty {
      findings.append(.error("expected a subject, got none", at: source.place(subject.offset)))
    }
  }

  /// Reported only if everything else is right, because a mistake in the head may have swallowed the body.
  private mutating func checkBody(
    _ head: TemplateHead, of name: CompiledFile.Name, _ source: SourceText
  ) {
    let body = source.text(head.bodyStart..<source.bytes.count)
    guard findings.isEmpty, name.role == .letter, body.trimmed.isEmpty, head.fields[.text] == nil,
      head.fields[.sms] == nil
    else { return }
    let text = "the letter is empty; expected HTML after its head, or `text:` or `sms:` in it"
    findings.append(.error(text, at: source.place(head.bodyStart)))
  }
}
