import KindlyConfig
package import KindlyCore
import KindlyDaemon
package import KindlyTemplates

/// A letter written for a real row, and what each channel of its step would hand over. Secrets are dots unless asked for.
package struct LetterSample {
  package let row: RowKey
  /// The customer whom the row is about; nil for nobody.
  package let about: Person?
  package let recipient: Person
  package let message: Message
  package let channels: [ChannelPreview]

  /// Writes the letter.
  ///
  /// Throws a `RecipientProblem` if there is no recipient.
  ///
  /// - Parameters:
  ///   - role: the recipient of the letter; nil for that of the step's first leg.
  ///   - old: the row's values before its last noticed update; nil where none is known.
  ///   - was: the date that the customer was told before, for the letter as a correction.
  ///   - language: the language to write in; nil for the recipient's own.
  ///   - revealsSecrets: whether secrets are written as they are, for a letter that nobody sees.
  package init(
    _ rule: Rule, _ step: Step, _ row: RowAnswer, of watch: Watch, about: Person?,
    role: RecipientRole? = nil, old: RowValues? = nil, was: AnnouncedDate? = nil,
    language: String? = nil,
    revealsSecrets: Bool = false, letters: TemplateLibrary, _ inquiry: CustomerInquiry
  ) async throws {
    let role = role ?? step.recipients.first ?? .customer
    let found = try await inquiry.recipient(role, about: about, this: row.values)
    let recipient = try found.recipient.get()
    var scope = try await inquiry.letterScope(
      rule, step, row, of: watch, customer: about, owner: found.owner, reader: recipient,
      old: old, was: was, revealsSecrets: revealsSecrets)
    if let language { scope.language = language }
    self.row = row.key
    self.about = about
    self.recipient = recipient
    message = try letters.render(step.template, scope: scope)
    channels = ChannelPreview.all(
      of: message, rule: rule, step: step, about: about, to: recipient, in: role,
      now: inquiry.now, inquiry.configuration)
  }

  /// A language whose readers get this version of a letter; the empty version is the file for all other languages.
  static func language(ofVariant variant: String) -> String {
    // The code for text that has no language, so no customer has it.
    variant.isEmpty ? "zxx" : variant
  }

  /// How many segments the text message over a channel takes; nil where that is not known.
  func segments(over channel: String) -> Int? { handOver(over: channel)?.segments }

  /// What a channel would hand over in a form of its own; nil if it has no such form.
  func handOver(over channel: String) -> HandOverPreview? {
    guard let preview = channels.first(where: { $0.channel.isExactly(channel) }),
      case .own(let own) = preview.form
    else { return nil }
    return own
  }

  /// The customer's and the recipient's names and addresses as far as the letter itself does not show them.
  package var hidden: [String] {
    let shown = [message.subject, message.text, message.html ?? "", message.shortText ?? ""]
    let people = recipient == about ? [recipient] : [about, recipient].compactMap(\.self)
    return people.flatMap { $0.knownAddresses + [$0.name] }
      .filter { value in !value.isEmpty && !shown.contains { $0.contains(value) } }
  }
}
