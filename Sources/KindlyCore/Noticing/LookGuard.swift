/// Decides whether a look found so many changes at once that a person should confirm them.
package enum LookGuard {
  /// Fewer rows than this never trip a guard, because a large part of a small table may well change at once.
  package static let fewest = 20
  /// Fewer letters than this never trip a guard: even a quiet company has busy mornings.
  package static let fewestLetters = 100
  /// More letters at once than on this many usual days are held.
  package static let mostUsualDays = 10

  /// Why a look's changes are held; nil if they may be kept.
  ///
  /// A look is held if over a tenth of the known rows vanish or over half change.
  package static func objection(
    known: Int, vanished: Int, changed: Int
  ) -> String? {
    if vanished > fewest, vanished * 10 > known {
      return "\(vanished) of \(counted(known, "known row")) vanished in one look"
    }
    if changed > fewest, changed * 2 > known {
      return "\(changed) of \(counted(known, "known row")) changed in one look"
    }
    return nil
  }

  /// The most letters that may leave at once without a person's word.
  package static func mostLetters(usualDay: Int) -> Int {
    max(fewestLetters, usualDay * mostUsualDays)
  }

  /// Why this many letters at once are held; nil if they may be sent.
  ///
  /// - Parameter isAtLeast: whether there may be more, because counting stopped at the limit.
  package static func objection(letters: Int, isAtLeast: Bool, usualDay: Int) -> String? {
    guard letters > mostLetters(usualDay: usualDay) else { return nil }
    let usual =
      usualDay == 0
      ? "its rules sent none in the four weeks before today"
      : "its rules send \(usualDay) on a usual day"
    return "\(isAtLeast ? "at least " : "")\(letters) letters would be sent at once, and \(usual)"
  }
}
