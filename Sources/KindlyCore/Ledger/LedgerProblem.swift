import Glibc

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

extension LedgerProblem {
  /// What a failed system call means, by `errno`: only a lack of permission is for a person to fix first.
  package static func system(_ verb: String, _ object: String) -> LedgerProblem {
    let code = errno
    let isDenied = code == EACCES || code == EPERM
    return LedgerProblem(
      isDenied ? .unreadable : .disk,
      "cannot \(verb) \(object): \(String(cString: strerror(code)))",
      hint: isDenied ? deniedHint : diskHint)
  }

  /// What to do where a permission is missing.
  package static let deniedHint =
    "run as the user who owns the ledger, usually `kindly`, and check that this user can write its folder"

  /// What to do about a disk that is full or fails.
  package static let diskHint =
    "check free space (`df`) and the kernel's log (`journalctl -k`); systemd restarts the service"
}
