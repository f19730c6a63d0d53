/// A named condition on the customer's row, which rules ask with `for:`.
package struct Segment: Hashable, Sendable {
  package let name: String
  /// SQL in the dialect of the source that has the customers.
  package let condition: String
  package let place: Place

  package init(name: String, condition: String, place: Place = .unknown) {
    self.name = name
    self.condition = condition
    self.place = place
  }

  /// The same segment wherever it is written.
  package var withoutPlace: Segment { Segment(name: name, condition: condition) }

  /// Says that a customer is not in segments: `the customer is not in the segment vip`.
  package static func absence(from names: [String]) -> String {
    "the customer is not in the segment\(names.count == 1 ? "" : "s") \(names.joined(separator: " or "))"
  }
}

/// The segments that a customer was not in, as the ledger keeps them for a reminder that was cancelled for it.
package enum SegmentEvidence {
  /// No column of SQL has this name without quotes, so it is not mistaken for a row's value.
  private static let word: ExactText = "not in segment"

  package static func text(missing names: [String]) -> String {
    JSONText.object([word: .text(names.joined(separator: " "))])
  }

  /// The names of the segments; nil where the evidence tells of something else.
  package static func missing(in evidence: String) -> [String]? {
    guard let values = FlatJSON.values(inObject: evidence), values.count == 1,
      let value = values[word]
    else { return nil }
    return value.text.split(separator: " ").map(String.init)
  }
}
