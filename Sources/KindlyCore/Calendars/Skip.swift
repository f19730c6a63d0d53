/// What becomes of a day that a year or a month does not have, in the words of RFC 7529, section 4.1.
package enum Skip: String, Hashable, Sendable, CaseIterable {
  /// It is left out.
  case omit = "OMIT"
  /// It becomes the day before: the last day of a shorter month, the regular month where there is no leap month.
  case backward = "BACKWARD"
  /// It becomes the day after: the first day of the next month, the next month where there is no leap month.
  case forward = "FORWARD"
}
