import Foundation
import KindlyConfig
import KindlyCore
import KindlyDesk
import KindlyTemplates

/// The proof as one HTML page without scripts that loads nothing from elsewhere.
///
/// Everything is escaped. A letter's HTML stands in a frame with an empty `sandbox`, so it can neither run scripts nor
/// change the page; the page's Content-Security-Policy holds in the frame too.
struct ProofPage {
  private let proof: LetterProof
  private let time: TimeText
  private let folder: String

  /// The HTML and images of letters until the page has this size; the rest is shown as text.
  static let mostPictured = 32 * 1024 * 1024
  /// A larger page is refused: no browser prints it.
  static let mostBytes = 64 * 1024 * 1024

  init(_ proof: LetterProof, folder: String, time: TimeText) {
    self.proof = proof
    self.folder = folder
    self.time = time
  }

  var html: String {
    var body = head + summary + contents
    for (index, entry) in proof.entries.enumerated() {
      body += section(entry, index, pictured: body.utf8.count < ProofPage.mostPictured)
    }
    return body + signature + "</body>\n</html>\n"
  }

  // MARK: The page

  private var head: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
    <meta name="referrer" content="no-referrer">
    <title>Letters of \(escaped(folder))</title>
    <style>
    body { font: 15px/1.5 sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #222; }
    table { border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .15em 1em .15em 0; }
    section { border-top: 1px solid #999; margin-top: 2em; }
    pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f4; padding: .7em; }
    iframe { width: 100%; border: 1px solid #bbb; background: #fff; }
    .missing { color: #a00; font-weight: bold; }
    .line { border-bottom: 1px solid #222; height: 2.5em; width: 22em; }
    @media print { section { break-inside: auto; } h2, h3, h4 { break-after: avoid; } iframe { break-inside: avoid; } }
    </style>
    </head>
    <body>

    """
  }

  private var summary: String {
    let letters = proof.entries.flatMap(\.versions).count
    let missing =
      proof.missing == 0
      ? "every one is written for a real row"
      : "\(counted(proof.missing, "letter")) without a real row, marked below"
    return "<h1>Letters for approval</h1>\n"
      + table([
        ("Configuration", folder), ("Hash", proof.configuration.hash),
        ("Written", time(time.now)), ("Delivery", "\(proof.configuration.delivery)"),
        (
          "Content",
          "\(counted(proof.configuration.rules.count, "rule")), \(counted(proof.entries.count, "step")), \(counted(letters, "letter")); \(missing)"
        ),
      ])
      + paragraph(
        "Each letter was written for a row of the customer database as it is now, whether or not the rule would write to it "
          + "today. Secrets are shown as dots, and pictures from elsewhere are not loaded.")
  }

  private var contents: String {
    var items = ""
    for (index, entry) in proof.entries.enumerated() {
      let missing = entry.versions.contains { if case .failure = $0.result { true } else { false } }
      let mark = missing ? " <span class=\"missing\">(no real row)</span>" : ""
      items += "<li><a href=\"#step\(index)\">\(escaped(title(entry)))</a>\(mark)</li>\n"
    }
    return "<h2>Contents</h2>\n<ol>\n\(items)<li><a href=\"#signature\">Approval</a></li>\n</ol>\n"
  }

  private var signature: String {
    let lines = ["Name", "Date", "Signature"].map { name in
      "<tr><th>\(name)</th><td><div class=\"line\"></div></td></tr>\n"
    }
    return """
      <section id="signature">
      <h2>Approval</h2>
      \(paragraph("I approve the letters of the configuration with the hash \(proof.configuration.hash)."))\
      <table>
      \(lines.joined())</table>
      </section>

      """
  }

  // MARK: A step

  private func title(_ entry: LetterProof.Entry) -> String {
    entry.step.name == Step.only ? entry.rule.name : "\(entry.rule.name), step \(entry.step.name)"
  }

  private func section(_ entry: LetterProof.Entry, _ index: Int, pictured: Bool) -> String {
    let step = entry.step
    var text = "<section id=\"step\(index)\">\n<h2>\(escaped(title(entry)))</h2>\n"
    var facts = [("When", step.when.sentence(in: entry.rule.watch))]
    facts += conditions(of: step)
    facts += [
      ("To", recipients(of: entry)), ("Class", step.messageClass.word),
      ("Template", step.template), ("Rule", "\(entry.rule.place)"),
    ]
    text += table(facts)
    for version in entry.versions { text += letter(version, of: entry, pictured: pictured) }
    return text + "</section>\n"
  }

  /// What decides whether the step sends its letter.
  private func conditions(of step: Step) -> [(String, String)] {
    var facts: [(String, String)] = []
    if !step.conditions.isEmpty {
      facts.append(("If", step.conditions.joined(separator: "\nand ")))
    }
    if !step.segments.isEmpty {
      facts.append(("For", step.segments.map(\.name).joined(separator: "\nand ")))
    }
    if !step.unless.isEmpty { facts.append(("Unless", step.unless.joined(separator: "\nor "))) }
    return facts.isEmpty ? [("If", "always")] : facts
  }

  /// Each recipient with their channels, on a line of their own.
  private func recipients(of entry: LetterProof.Entry) -> String {
    let sentence = RuleSentence(step: entry.step, watch: entry.rule.watch)
    return entry.step.recipients.map { role in
      "\(name(of: role, for: entry.rule)), by \(sentence.channels(to: role))"
    }.joined(separator: "\n")
  }

  private func name(of role: RecipientRole, for rule: Rule) -> String {
    switch role {
    case .customer:
      proof.configuration.watch(named: rule.watch)?.about == .nobody
        ? "everybody who reads the channel" : "the customer"
    case .owner, .lead: "the \(role.text)"
    case .colleague, .team, .address: role.text
    }
  }

  private func letter(
    _ version: LetterProof.Version, of entry: LetterProof.Entry, pictured: Bool
  ) -> String {
    let letter = version.letter
    let form = letter.isCorrection ? "Correction" : "Letter"
    let isOnly = entry.step.recipients.count == 1
    let recipient = isOnly ? "" : " to \(name(of: letter.role, for: entry.rule))"
    let language = letter.variant.isEmpty ? "for every other language" : "in \(letter.variant)"
    let heading = "<h3>\(escaped("\(form)\(recipient) \(language)"))</h3>\n"
    switch version.result {
    case .failure(let missing):
      return heading + "<p class=\"missing\">\(escaped(missing.text))</p>\n"
    case .success(let specimen):
      return heading + page(of: specimen, pictured: pictured)
    }
  }

  private func page(of specimen: LetterProof.Specimen, pictured: Bool) -> String {
    let message = specimen.sample.message
    var facts = [("Row", row(of: specimen)), ("Subject", message.subject)]
    if let was = specimen.was { facts.insert(("Corrects", "\(was.text), as an example"), at: 1) }
    if let short = message.shortText { facts.append(("Short text", short)) }
    if !message.attachments.isEmpty {
      facts.append(("Attached", message.attachments.map(\.summary).joined(separator: "\n")))
    }
    var text = table(facts)
    if let html = message.html {
      text +=
        pictured
        ? frame(html, message)
        : paragraph("The letter's design is left out, because the page would be too large.")
    }
    text += "<h4>As text</h4>\n<pre>\(escaped(message.text))</pre>\n"
    return text + specimen.sample.channels.map { channel($0, of: specimen.sample) }.joined()
  }

  private func row(of specimen: LetterProof.Specimen) -> String {
    var text = specimen.sample.row.description
    switch specimen.holds {
    case true?: text += "; it meets the conditions now"
    case false?: text += "; it does not meet the conditions now"
    case nil: break
    }
    if specimen.isForReader { return text }
    let reader = ProofPage.word(for: specimen.sample.recipient)
    return text + "; its \(reader) reads another language, and no other \(reader) was found"
  }

  private static func word(for recipient: Person) -> String {
    switch recipient.kind {
    case .customers: "customer"
    case .colleagues: "recipient"
    }
  }

  /// The letter as a mail program shows it; its height follows the text, because no script can measure it.
  private func frame(_ html: String, _ message: Message) -> String {
    let height = min(max(message.text.utf8.count / 2 + 240, 320), 1_600)
    return
      "<iframe sandbox=\"\" title=\"The letter\" height=\"\(height)\" srcdoc=\"\(escaped(embedded(html, message.images)))\"></iframe>\n"
  }

  /// The HTML with its images inside, as nothing else comes with the page.
  private func embedded(_ html: String, _ images: [InlineImage]) -> String {
    images.reduce(html) { html, image in
      let data = Data(image.bytes).base64EncodedString()
      return html.replacing(
        "cid:\(image.contentID)", with: "data:\(image.mediaType);base64,\(data)")
    }
  }

  private func channel(_ preview: ChannelPreview, of sample: LetterSample) -> String {
    let lines: [String] =
      switch preview.form {
      case .letter: ["the letter as it is"]
      case .own(let own): own.lines + own.warnings.map { "warning: \($0)" }
      case .noAddress:
        ["nothing: this \(ProofPage.word(for: sample.recipient)) has no address for it"]
      case .refused(let fault): ["nothing: \(fault.description)"]
      }
    let shown = sample.hidden.reduce(lines.joined(separator: "\n")) { text, value in
      text.replacing(value, with: "…")
    }
    return "<h4>Over channel \(escaped(preview.channel))</h4>\n<pre>\(escaped(shown))</pre>\n"
  }

  // MARK: HTML

  private func table(_ rows: [(String, String)]) -> String {
    let lines = rows.map { name, value in
      let cell = escaped(value).replacing("\n", with: "<br>")
      return "<tr><th>\(escaped(name))</th><td>\(cell)</td></tr>\n"
    }
    return "<table>\n\(lines.joined())</table>\n"
  }

  private func paragraph(_ text: String) -> String { "<p>\(escaped(text))</p>\n" }

  /// Control characters have no place in HTML, and a NUL ends it for some programs.
  private func escaped(_ text: String) -> String {
    HTMLEscaping.text(
      String(
        String.UnicodeScalarView(
          text.unicodeScalars.filter { $0.value >= 0x20 || $0 == "\n" || $0 == "\t" })))
  }
}
