/// Whether a look saw so much change at once that a person should say whether it is real.
package enum LookGuard {
  /// Fewer rows than this never trip a guard: small tables change in large parts.
  package static let fewest = 20

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
}
