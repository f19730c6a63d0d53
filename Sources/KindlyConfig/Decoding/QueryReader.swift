import KindlyCore

/// Reads a `query:`.
enum QueryReader {
  /// The query, if it is a single SELECT that can be put in parentheses; otherwise nil, with an error.
  ///
  /// - Parameter others: placeholders that it may use besides `:now` and `:today`.
  static func statement(_ query: Text, binding others: [String] = []) -> ConditionText? {
    do throws(ConditionProblem) {
      let text = try ConditionText(query.string, binding: others)
      let first = query.string.drop(while: \.isWhitespace).prefix(6).uppercased()
      guard
        first == "SELECT" || first.hasPrefix("WITH") || first.hasPrefix("--")
          || first.hasPrefix("/*")
      else {
        query.refuse("expected `query` to begin with SELECT or WITH, got \(query.item.shape)")
        return nil
      }
      for warning in text.warnings { query.warn(warning.text, offset: warning.offset) }
      return text
    } catch {
      query.refuse(ConditionReader.message(error, for: query), offset: error.offset)
      return nil
    }
  }
}
