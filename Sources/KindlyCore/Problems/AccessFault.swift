/// Too many users can read or write a file of the configuration, or the service cannot use a folder of attachments.
package enum AccessFault: Hashable, Sendable, Codable {
  /// The service's user can write the path, and this many other paths.
  case writable(by: String, others: Int)
  /// The file holds a password, and its mode lets others than `owner`, who should own it, read or write it.
  case openPassword(mode: Int, owner: String)
  /// The service can attach no file from the folder with this name in `folders:`.
  case folder(ExactText, FolderFault)

  /// What tells it from other faults of the same path.
  package var item: String {
    switch self {
    case .writable: "writable"
    case .openPassword: "password"
    case .folder(let name, _): "folder \(name)"
    }
  }

  /// What is wrong with the path, and what to do about it.
  package func words(at path: String) -> String {
    switch self {
    case .writable(let user, let others):
      "the user \(user), which the service runs as, can write this path"
        + (others > 0 ? " and \(counted(others, "other path"))" : "")
        + ", and so can every program that a channel runs; let root own the configuration: "
        + "folders root:\(user) 0750, files root:\(user) 0640"
    case .openPassword(let mode, let owner):
      "this file holds a password, and its mode 0\(String(mode, radix: 8)) lets other users read or write it; "
        + "run `chown \(owner) \(path)` and `chmod 0400 \(path)`, and change the "
        + "password if others may have read it"
    case .folder(let name, let fault):
      "folder \(name): \(fault.words); reminders that attach its files would wait"
    }
  }
}

/// Why the service can attach no file from a folder.
package enum FolderFault: Hashable, Sendable, Codable {
  /// The path leads to nothing; `because` is the system's reason.
  case missing(path: String, because: String)
  case notAFolder(path: String)
  /// The user that the service runs as may not open files in it.
  case closed(path: String, to: String)
  /// The service's unit hides everything below this path.
  case hidden(below: String)

  fileprivate var words: String {
    switch self {
    case .missing(let path, let because): "expected a folder at \(path), got: \(because)"
    case .notAFolder(let path): "expected a folder at \(path), got something else"
    case .closed(let path, let user):
      "the user \(user), which the service runs as, cannot open files in \(path)"
    case .hidden(let path):
      "the service does not see \(path), because its unit has ProtectHome= and PrivateTmp=; move the folder, for example to /srv"
    }
  }
}
