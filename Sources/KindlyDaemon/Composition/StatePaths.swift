package import KindlyConfig

/// Where a configuration keeps what it must not lose.
///
/// A rehearsal has a ledger and a maildir of its own, so that going live later repeats nothing and forgets nothing.
package struct StatePaths: Hashable, Sendable {
  package let folder: String
  package let ledger: String
  /// Where a rehearsal's mail goes.
  package let rehearsalMail: String
  package let isRehearsal: Bool

  package init(_ configuration: Configuration) {
    self.init(
      stateDirectory: configuration.stateDirectory,
      isRehearsal: configuration.delivery == .rehearsal)
  }

  package init(stateDirectory: String, isRehearsal: Bool) {
    self.isRehearsal = isRehearsal
    folder = stateDirectory + (isRehearsal ? "/rehearsal" : "")
    ledger = folder + "/kindly.db"
    rehearsalMail = stateDirectory + "/rehearsal/mail"
  }
}
