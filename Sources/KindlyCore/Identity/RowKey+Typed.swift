extension RowKey {
  /// The key that a person means by `42`, or where the key has two columns, by `7,2026` or `["7","2026"]`.
  ///
  /// The second form is for columns that hold a comma.
  package static func typed(_ text: String, columns count: Int) -> RowKey {
    let parts =
      if count == 1 {
        [text]
      } else if let list = JSONText.strings(inArray: text), list.count == count {
        list
      } else {
        text.unicodeScalars.split(separator: ",", omittingEmptySubsequences: false).map {
          String($0)
        }
      }
    return RowKey(canonical: JSONText.array(parts))
  }
}
