/// The `unless:` that held for a reminder, as the ledger keeps it for one that was skipped for it.
package enum UnlessEvidence {
  /// No column of SQL has this name without quotes, so it is not mistaken for a row's value.
  private static let word: ExactText = "unless holds"

  package static func text(of condition: String) -> String {
    JSONText.object([word: .text(condition)])
  }

  /// The condition; nil where the evidence tells of something else.
  package static func condition(in evidence: String) -> String? {
    guard let values = FlatJSON.values(inObject: evidence), values.count == 1,
      let value = values[word]
    else { return nil }
    return value.text
  }
}
