import KindlyConfig
package import KindlyCore
package import KindlyTemplates

/// A letter written for a real row, and what each channel of its step would hand over. Secrets are dots.
package struct LetterSample {
  package let row: RowKey
  package let customer: Person
  package let message: Message
  package let channels: [ChannelPreview]

  /// Writes the letter.
  ///
  /// - Parameters:
  ///   - old: the row's values before its last noticed update; nil where none is known.
  ///   - language: the language to write in; nil for the customer's own.
  package init(
    _ rule: Rule, _ step: Step, _ row: RowAnswer, of watch: Watch, customer: Person,
    old: RowValues? = nil, language: String? = nil, letters: TemplateLibrary,
    _ inquiry: CustomerInquiry
  ) async throws {
    var scope = try await inquiry.letterScope(
      rule, step, row, of: watch, customer: customer, old: old)
    if let language { scope.language = language }
    self.row = row.key
    self.customer = customer
    message = try letters.render(step.template, scope: scope)
    channels = ChannelPreview.all(
      of: message, rule: rule, step: step, to: customer, now: inquiry.now, inquiry.configuration)
  }

  /// The customer's name and addresses as far as the letter itself does not show them.
  package var hidden: [String] {
    let shown = [message.subject, message.text, message.html ?? "", message.shortText ?? ""]
    return (customer.knownAddresses + [customer.name])
      .filter { value in !value.isEmpty && !shown.contains { $0.contains(value) } }
  }
}
