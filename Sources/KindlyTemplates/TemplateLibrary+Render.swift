package import KindlyCore
import Mustache

/// A rendered letter, and what its writer may want to know about this row.
package struct Rendering: Hashable, Sendable {
  package let message: Message
  /// A warning for each tag that was written as nothing because its column is NULL.
  package let nulls: [TemplateFinding]
}

extension TemplateLibrary {
  /// The message that a letter comes to for one row, in the variant for its customer's language.
  package func render(
    _ name: String, scope: TemplateScope
  ) throws(TemplateProblem) -> Message {
    try rendering(name, scope: scope).message
  }

  /// The same message, with a warning for each NULL that it writes as nothing.
  package func rendering(
    _ name: String, scope: TemplateScope
  ) throws(TemplateProblem) -> Rendering {
    let letter = try letter(name, for: scope.language)
    let evaluation = Evaluation(
      scope, language: TemplateLibrary.language(of: letter, for: scope.language), table: table)
    let subject = HeaderText.folded(try text(letter.file.subject, letter, evaluation) ?? "")
    guard !subject.isEmpty else { throw .emptySubject(letter.file.place) }
    evaluation.subject = subject
    let html = try html(letter, evaluation)
    let written = try text(letter.file.plainText, letter, evaluation)
    let short = try text(letter.file.shortText, letter, evaluation).map(HeaderText.short)
    let plain = written ?? html.map(PlainText.twin) ?? short ?? ""
    guard html != nil || !plain.trimmed.isEmpty else { throw .emptyLetter(letter.file.place) }
    let forms = try forms(letter, evaluation)
    let attachments = scope.carriesAttachments ? try attachments(of: letter, evaluation) : []
    let message = Message(
      from: try mailbox(.from, letter.file.from, letter, evaluation),
      replyTo: try mailbox(.replyTo, letter.file.replyTo, letter, evaluation),
      subject: subject, html: html, text: plain, shortText: short,
      images: letter.images.filter { html?.contains("cid:" + $0.contentID) == true },
      attachments: attachments, forms: forms, templateHash: letter.hash,
      language: letter.file.language,
      holdsSecrets: evaluation.wroteSecret)
    return Rendering(message: message, nulls: TemplateLibrary.lint(evaluation.nulls))
  }

  /// The letter inside its layout; nil if the letter is empty, because a layout alone is not a letter.
  private func html(
    _ letter: LinkedLetter, _ evaluation: Evaluation
  ) throws(TemplateProblem) -> String? {
    guard let body = try text(letter.file.body, letter, evaluation),
      !body.trimmed.isEmpty
    else { return nil }
    guard letter.layout != nil else { return body }
    evaluation.content = body
    return try text(letter.layout, letter, evaluation)
  }

  private func forms(
    _ letter: LinkedLetter, _ evaluation: Evaluation
  ) throws(TemplateProblem) -> [ChannelForm] {
    var forms: [ChannelForm] = []
    for form in letter.file.forms {
      var parameters: [ChannelForm.Parameter] = []
      for (name, written) in form.parameters {
        let value = HeaderText.folded(try text(written, letter, evaluation) ?? "")
        parameters.append(ChannelForm.Parameter(name: name, value: value))
      }
      forms.append(
        ChannelForm(
          channel: form.channel, template: form.template, parameters: parameters,
          url: try text(form.url, letter, evaluation).map(HeaderText.folded),
          page: try text(form.page, letter, evaluation).map(HeaderText.folded)))
    }
    return forms
  }

  /// The mailbox that a letter says for its mail; nil where it says none, or where the row leaves it empty.
  private func mailbox(
    _ key: TemplateHead.Key, _ written: CompiledText?, _ letter: LinkedLetter,
    _ evaluation: Evaluation
  ) throws(TemplateProblem) -> Mailbox? {
    let value = HeaderText.folded(try text(written, letter, evaluation) ?? "")
    // `{{owner.name}} <{{owner.email}}>` of a customer without an owner.
    guard !value.isEmpty, !value.isExactly("<>") else { return nil }
    do throws(UnfitDelivery) {
      return try Mailbox(value)
    } catch {
      throw .invalidMailbox(key: key.rawValue, why: error.description, at: letter.file.place)
    }
  }

  /// One text of the letter, or nil where it has none.
  func text(
    _ text: CompiledText?, _ letter: LinkedLetter, _ evaluation: Evaluation
  ) throws(TemplateProblem) -> String? {
    guard let text else { return nil }
    let rendered = text.template.render(evaluation, library: letter.partials)
    if let problem = evaluation.problem { throw problem }
    let size = rendered.utf8.count
    guard size <= TemplateLibrary.bodyLimit else {
      throw .tooLarge(bytes: size, limit: TemplateLibrary.bodyLimit, at: letter.file.place)
    }
    return rendered
  }

  /// The language to write dates and amounts in: the letter's, in the reader's variant of it.
  ///
  /// A reader of en-US who gets the `en` letter sees American dates; a French reader who gets it does not see
  /// French ones.
  private static func language(of letter: LinkedLetter, for reader: String) -> String {
    let stated = letter.file.language
    let language = stated.isEmpty ? TemplateLibrary.fallback : stated
    guard let tag = LanguageTag(reader), tag.fallbacks.contains(language) else { return language }
    return tag.text
  }

  private static func lint(_ nulls: [TagTable.Slot]) -> [TemplateFinding] {
    var told: Set<TagTable.Slot> = []
    return nulls.filter { told.insert($0).inserted }.map { slot in
      .warning(
        "`\(slot.expression.path)` is NULL in this row and was left empty", at: slot.place)
    }
  }
}

/// Formats texts for places where a line break or a control character would do harm.
enum HeaderText {
  /// One line: control characters, line breaks and runs of spaces become one space.
  static func folded(_ text: String) -> String {
    var folded = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      // The wide space of Chinese and Japanese is a part of the text there.
      if isControl(scalar) || (scalar.isSpace && scalar != "\u{3000}") {
        if folded.last != " " { folded.append(" ") }
      } else {
        folded.append(scalar)
      }
    }
    return String(folded).trimmed
  }

  /// A short text keeps its line breaks and loses other control characters.
  static func short(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text.trimmed }
    let kept = text.unicodeScalars.filter { $0 == "\n" || !isControl($0) }
    return String(String.UnicodeScalarView(kept)).trimmed
  }

  /// The general category Cc, which never grows (Unicode, 23.1).
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
