/// Why the ledger cannot be opened or used: what happened, to what, why, and what to do.
package struct LedgerProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    /// There is no ledger where one is expected.
    case missing
    /// The file is there but holds nothing.
    case empty
    /// The file is no ledger, or is damaged.
    case damaged
    /// A newer Kindly has written it.
    case newer
    /// An older Kindly has written it, and only a writer may bring it up to date.
    case older
    /// Another process writes it.
    case held(pid: Int32?)
    /// This user has no permission to read or write it.
    case unreadable
    /// The disk is full or failing, or the system cannot serve us now: another start may help.
    case disk
    /// A read or write failed; `retrying` may help.
    case failed
    /// A file to be made could not be written.
    case unwritable
    /// The disk failed under a write: nothing can be trusted until the process starts again.
    case fatal
    /// It was closed before the call.
    case closed
    /// What was asked for does not exist or is not possible in its state.
    case refused
  }

  package let kind: Kind
  package let description: String
  /// What to do about it.
  package let hint: String?

  package init(_ kind: Kind, _ description: String, hint: String? = nil) {
    self.kind = kind
    self.description = description
    self.hint = hint
  }
}
