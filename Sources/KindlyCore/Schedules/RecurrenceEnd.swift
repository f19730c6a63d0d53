/// Where the recurrences of `every …` end: `until COLUMN`, `at most N times`.
package struct RecurrenceEnd: Hashable, Sendable {
  /// The column whose date is the last; nil where none is named.
  package var column: String?
  /// Nil where there is no limit.
  package var times: Int?

  package init(column: String? = nil, times: Int? = nil) {
    self.column = column
    self.times = times
  }

  /// As `when:` writes it, with a blank in front.
  var text: String {
    (column.map { " until \(WhenWords.spelling($0))" } ?? "")
      + (times.map { " at most \(counted($0, "time"))" } ?? "")
  }
}
