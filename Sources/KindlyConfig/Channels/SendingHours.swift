package import KindlyCore

/// The hours of each day in which marketing messages of a channel type are not taken, or not allowed.
package struct SendingHours: Hashable, Sendable {
  /// When nothing may leave.
  package let refused: DailyWindow
  /// Who says so, as the subject of a sentence: `carriers in China refuse`.
  package let authority: String

  package init(refused: DailyWindow, authority: String) {
    self.refused = refused
    self.authority = authority
  }
}
