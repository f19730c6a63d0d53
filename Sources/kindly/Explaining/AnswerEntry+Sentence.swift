import KindlyCore

extension AnswerEntry {
  /// A reply is shown up to here; the whole text is in the mailbox.
  private static let longestText = 300

  /// `bounced (hard, 5.1.1): user unknown`, `the customer answered: Tuesday suits me`.
  var sentence: String {
    switch content {
    case .bounce(let kind, let status, let text):
      "came back (\([kind.word, status].compactMap(\.self).joined(separator: ", "))): \(text)"
    case .reply(let kind, let text):
      AnswerEntry.words(kind) + AnswerEntry.quoted(text)
    case .acknowledgement(let text):
      "the recipient answered" + AnswerEntry.quoted(text)
    }
  }

  private static func words(_ kind: AnswerKind) -> String {
    switch kind {
    case .reply: "the customer answered"
    case .optOut: "the customer answered with a word that ends marketing"
    case .complaint: "the customer reported it as unwanted"
    }
  }

  private static func quoted(_ text: String?) -> String {
    guard let text, !text.isEmpty else { return "" }
    return ": " + (text.count > longestText ? text.prefix(longestText - 1) + "…" : text)
  }
}
