import KindlyCore

/// The program's version.
enum Version {
  static let text = "0.1.0"
  /// A time before this version was made, 2026-01-01. A clock that shows an earlier time belongs to a machine with an
  /// empty battery.
  static let madeAfter = Instant(seconds: 1_767_225_600)
}
