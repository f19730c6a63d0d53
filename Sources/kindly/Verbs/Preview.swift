import ArgumentParser
import Foundation
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTemplates

struct Preview: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a rule's letter for one row without sending it.",
    discussion: """
      Secrets are shown as dots. The rule's condition and its time are ignored, so you see the letter even for a row that \
      would not get it.

      With --all and --out, one HTML page holds every letter of every rule in every language, each for a real row, with \
      what each channel would hand over and a place to sign. Nothing on the page runs or is loaded from elsewhere. Only \
      you can read the file.

      EXAMPLES
        kindly preview lease-paid 17
        kindly preview trial 42 --step trial/care
        kindly preview trial 42 --step trial/care --html letter.html
        kindly preview trial 42 --step trial/care --to owner
        kindly preview visit 42 --moved-from 2026-02-10
        kindly preview --all --out letters.html
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The rule's name.", completion: Known.rules)
  var rule: String?

  @Argument(
    help:
      "The row's key; write a composite key as 7,2026, or as [\"7\",\"2026\"] if a column holds a comma."
  )
  var key: String?

  @Option(help: "The step, if the rule has several.")
  var step: String?

  @Option(
    help: ArgumentHelp(
      "The member of `to:`, if it has several.",
      valueName: "recipient"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "Show the letter as the correction of this earlier date.",
      valueName: "date"))
  var movedFrom: String?

  @Option(
    help: ArgumentHelp("Write the HTML body to this file; - prints it.", valueName: "file"),
    completion: .file())
  var html: String?

  @Flag(help: "Write every letter of every rule on one page.")
  var all = false

  @Option(
    help: ArgumentHelp("Write the page of --all to this file.", valueName: "file"),
    completion: .file())
  var out: String?

  func validate() throws {
    guard all == (out != nil) else { throw ValidationError("write --all together with --out FILE") }
    if all {
      guard rule == nil, step == nil, html == nil, movedFrom == nil, to == nil else {
        throw ValidationError(
          "--all shows every rule; leave out RULE, KEY, --step, --to, --moved-from and --html")
      }
    } else if rule == nil || key == nil {
      throw ValidationError("name a rule and the key of a row, or write --all --out FILE")
    }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    if let out { return try await writeProof(workplace, to: out) }
    guard let rule, let key else { return }
    let named = try workplace.rule(rule)
    let step = try step(of: named)
    let letter = try await letter(named, step, key, workplace)
    if let html { return try write(letter.message, to: html) }
    print(letter.text)
  }

  private func step(of rule: Rule) throws -> Step {
    let names = rule.steps.map(\.name).joined(separator: ", ")
    guard let name = step else {
      guard rule.steps.count == 1, let only = rule.steps.first else {
        throw Failure(
          .usage, "rule \(rule.name) has several steps; write --step with one of \(names)")
      }
      return only
    }
    if let step = rule.step(named: name) { return step }
    throw Failure(.refused, "rule \(rule.name) has no step \(name); its steps are \(names)")
  }

  /// The member of `to:` that `--to` names, or the first one.
  private func role(_ rule: Rule, _ step: Step) throws -> RecipientRole {
    let roles = step.recipients
    guard let to else { return roles.first ?? .customer }
    if let role = roles.first(where: { $0.text.isExactly(to) }) { return role }
    throw Failure(
      .refused,
      "rule \(rule.name) does not write to `\(to)`; its recipients are \(roles.map(\.text).joined(separator: ", "))"
    )
  }

  /// The date of `--moved-from`.
  private func was(_ rule: Rule, _ step: Step) throws -> AnnouncedDate? {
    guard let movedFrom else { return nil }
    guard let was = AnnouncedDate(reading: movedFrom) else {
      throw Failure(
        .usage, "expected --moved-from to be a date such as 2026-02-10, got `\(movedFrom)`")
    }
    guard step.onMove == .correct else {
      let name = step.name == Step.only ? "" : ", step \(step.name),"
      throw Failure(
        .refused,
        "rule \(rule.name)\(name) sends no corrections; write `on move: correct` there to send them"
      )
    }
    return was
  }

  private func letter(
    _ rule: Rule, _ step: Step, _ key: String, _ workplace: Workplace
  ) async throws -> PreviewedLetter {
    let watch = try workplace.watch(rule.watch)
    let inquiry = workplace.inquiry
    let rowKey = RowKey.typed(key, columns: watch.key.count)
    guard let row = try await inquiry.row(rowKey, of: watch) else {
      throw Failure(.refused, "watch \(watch.name) has no row \(key)")
    }
    let about = try await inquiry.subject(of: row, in: watch)
    if case .unknown = about {
      throw Failure(.refused, "the customer of row \(key) is not in the directory")
    }
    let role = try role(rule, step)
    let sample: LetterSample
    do {
      sample = try await LetterSample(
        rule, step, row, of: watch, about: about.person, role: role,
        old: step.when.isUpdate ? await old(rowKey, watch, workplace) : nil,
        was: try was(rule, step), letters: try TemplateLibrary.load(workplace.configuration),
        inquiry)
    } catch let problem as RecipientProblem {
      throw Failure(.refused, "nobody can be found for `to: \(role.text)`: \(problem)")
    }
    let unless = try await inquiry.unless(rule, step, row)
    await inquiry.close()
    return PreviewedLetter(
      message: sample.message, recipient: sample.recipient, role: role, step: step,
      configuration: workplace.configuration, channels: sample.channels, unless: unless)
  }

  /// The values before the row's last noticed update.
  private func old(_ key: RowKey, _ watch: Watch, _ workplace: Workplace) async -> RowValues? {
    // Losing the error is right: without a ledger the letter is shown as for a row whose values are as before.
    let changes = try? await workplace.reading {
      try await $0.changes(ofRow: key, watch: watch.name, limit: 1)
    }
    return changes?.first?.old
  }

  private func writeProof(_ workplace: Workplace, to path: String) async throws {
    let inquiry = workplace.inquiry
    let letters = try TemplateLibrary.load(workplace.configuration)
    let proof = await LetterProof(inquiry, letters: letters) { await old($0, $1, workplace) }
    await inquiry.close()
    let page = Array(ProofPage(proof, folder: place.config, time: workplace.time).html.utf8)
    guard page.count <= ProofPage.mostBytes else {
      throw Failure(
        .refused,
        "the page would have \(page.count / 1_048_576) MB, more than \(ProofPage.mostBytes / 1_048_576) MB, which no browser prints; "
          + "see the letters one by one with `kindly preview RULE KEY`")
    }
    try PrivateFile.write(page, to: path)
    let letterCount = proof.entries.flatMap(\.versions).count
    let missing =
      proof.missing == 0 ? "" : ", \(proof.missing) of them without a real row"
    print(
      "\(path): \(counted(letterCount, "letter")) of \(counted(proof.entries.count, "step"))\(missing)"
    )
  }

  private func write(_ message: Message, to path: String) throws {
    guard let html = message.html else {
      throw Failure(.refused, "the letter has no HTML body")
    }
    if path == "-" { return print(html) }
    do {
      try Data(html.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw Failure(.cannotCreate, "cannot write \(path): \(error.systemCause)")
    }
  }
}

/// A rendered letter as the terminal shows it.
struct PreviewedLetter {
  let message: Message
  let recipient: Person
  let role: RecipientRole
  let step: Step
  let configuration: Configuration
  let channels: [ChannelPreview]
  /// The `unless:` that holds now.
  var unless: String?

  var text: String {
    var lines = unless.map { ["Not sent now because `unless:` holds: \(OneLine.text($0))"] } ?? []
    lines += ["To: \(OneLine.text(addressee))", "Subject: \(OneLine.text(message.subject))"]
    if !message.language.isEmpty { lines.append("Language: \(message.language)") }
    if let short = message.shortText { lines.append("Short text: \(short)") }
    if !message.images.isEmpty { lines.append("Images: \(message.images.count)") }
    lines += message.attachments.map { "Attachment: \($0.summary)" }
    return (lines + ["", PreviewedLetter.safe(message.text)] + channels.flatMap(formLines))
      .joined(separator: "\n")
  }

  /// What a channel would hand over instead of the letter.
  private func formLines(_ preview: ChannelPreview) -> [String] {
    switch preview.form {
    case .letter, .noAddress: []
    case .own(let own):
      ["", "-- over channel \(preview.channel):"] + own.lines.map(PreviewedLetter.safe)
        + own.warnings.map { "warning: \(OneLine.text($0))" }
    case .refused(let fault):
      [
        "",
        "-- over channel \(preview.channel): not sent, because \(OneLine.text(fault.description))",
      ]
    }
  }

  /// The address of the recipient's first channel, which is where it would go first.
  private var addressee: String {
    let turns = step.legs.first { $0.recipient == role }?.route.turns(
      from: 0, preferring: recipient.preference, among: configuration.channelNames)
    let channel = (turns?.first?.channel).flatMap(configuration.channel)
    let address = recipient.address(of: channel?.address ?? .key)
    return "\(recipient.name) <\(address ?? "no address")>"
  }

  /// The letter's own lines, without what could move a terminal's cursor.
  private static func safe(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { OneLine.text(String($0)) }.joined(separator: "\n")
  }
}
