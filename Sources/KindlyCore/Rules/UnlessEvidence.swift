/// The `unless:` condition that skipped a reminder, as the ledger keeps it.
package enum UnlessEvidence {
  /// An SQL column can have this name only in quotes, so it is not mistaken for a row's value.
  private static let word: ExactText = "unless holds"

  package static func text(of condition: String) -> String {
    JSONText.object([word: .text(condition)])
  }

  /// The condition; nil if the evidence is about something else.
  package static func condition(in evidence: String) -> String? {
    guard let values = FlatJSON.values(inObject: evidence), values.count == 1,
      let value = values[word]
    else { return nil }
    return value.text
  }
}
