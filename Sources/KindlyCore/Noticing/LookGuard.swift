/// Whether a look saw so much change at once that a person should say whether it is real.
package enum LookGuard {
  /// Fewer rows than this never trip a guard: small tables change in large parts.
  package static let fewest = 20
  /// Fewer letters than this never trip a guard: a quiet company may have a busy morning.
  package static let fewestLetters = 100
  /// More letters at once than so many usual days have are held.
  package static let mostUsualDays = 10

  /// Why a look's changes are held, or nil where they may be kept.
  ///
  /// Held is a look in which over a tenth of the known rows vanish, or over half change.
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

  /// Why so many letters at once are held, or nil where they may go.
  ///
  /// - Parameter isAtLeast: whether there may be more, because counting ended when there were too many.
  package static func objection(letters: Int, isAtLeast: Bool, usualDay: Int) -> String? {
    guard letters > mostLetters(usualDay: usualDay) else { return nil }
    let usual =
      usualDay == 0
      ? "its rules sent none in the last four weeks" : "its rules send \(usualDay) on a usual day"
    return "\(isAtLeast ? "at least " : "")\(letters) letters would be sent at once, and \(usual)"
  }
}
