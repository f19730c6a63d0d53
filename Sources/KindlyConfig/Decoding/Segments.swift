import KindlyCore

/// Decodes `segments:`, and the `for:` that names them.
struct SegmentReader {
  let segments: [Segment]
  /// Every name that was written, also where its condition turned out to be wrong.
  private let names: [String]
  private let findings: Findings

  /// More conditions on one customer are better written as one segment.
  private static let mostNames = 10

  init(_ item: Item?, findings: Findings) {
    let items = NamedItems(item, what: "segment", findings: findings)
    let reader = ConditionReader(findings: findings)
    segments = items.members.compactMap { name, item in
      guard let text = Text(item, key: name, findings: findings),
        let condition = reader.condition(text)
      else { return nil }
      if let column = condition.oldColumns.first {
        text.refuse(
          "expected segment `\(name)` to ask the customer's row as it is now, got `old.\(column)`")
        return nil
      }
      return Segment(name: name, condition: condition.sql, place: item.spot.place)
    }
    names = items.names
    self.findings = findings
  }

  /// The segments that `for:` names, each once.
  func chosen(_ fields: inout Fields) -> [Segment] {
    guard let texts = fields.texts("for") else { return [] }
    if texts.count > SegmentReader.mostNames, let text = texts.last {
      text.refuse(
        "expected `for` to have at most \(SegmentReader.mostNames) members, got \(texts.count); write one segment for them"
      )
    }
    var chosen: [Segment] = []
    for text in texts {
      guard names.containsExactly(text.string) else {
        refuse(text)
        continue
      }
      if let segment = segments.first(where: { $0.name.isExactly(text.string) }),
        !chosen.contains(segment)
      {
        chosen.append(segment)
      }
    }
    return chosen
  }

  private func refuse(_ text: Text) {
    let known =
      names.isEmpty
      ? "; there are none: write `segments: { NAME: \"SQL on the customer\" }` in kindly.yaml"
      : Suggestion.text(for: text.string, among: names)
    text.refuse("expected `for` to name segments of kindly.yaml, got \(text.shape)\(known)")
  }
}
