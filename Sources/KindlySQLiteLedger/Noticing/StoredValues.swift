import KindlyCore

/// Column values as the ledger keeps them: one flat JSON object.
enum StoredValues {
  /// The values of a stored object, or nil where it is none.
  static func read(_ text: String) -> RowValues? {
    JSONText.values(inObject: text)
  }

  /// The stored form, at most `largest` bytes. If it is larger, its longest texts become `substitute`, or are left
  /// out if that is nil.
  static func write(
    _ values: RowValues, largest: Int = ChangeDraft.largestValues, substitute: Value? = Value.null
  ) -> String {
    if values.isEmpty { return "{}" }
    var kept = values
    var text = JSONText.object(kept)
    while text.utf8.count > largest, let longest = longestText(of: kept) {
      kept[longest] = substitute
      text = JSONText.object(kept)
    }
    return text
  }

  private static func longestText(of values: RowValues) -> ExactText? {
    let sizes = values.compactMap { column, value -> (column: ExactText, size: Int)? in
      if case .text(let text) = value { (column, text.utf8.count) } else { nil }
    }
    // The name decides between equals, so that the same row always loses the same.
    return sizes.max { ($0.size, $1.column) < ($1.size, $0.column) }?.column
  }
}
