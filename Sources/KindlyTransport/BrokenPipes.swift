import Glibc

/// SIGPIPE, which ends a process that writes to a peer that is gone.
package enum BrokenPipes {
  /// Makes a write to a peer that is gone an error code for the whole process; done once, at the first read of this
  /// constant.
  ///
  /// Libraries write to TLS connections and to the pipes of programs without masking the signal.
  package static let areErrors: Void = {
    signal(SIGPIPE, SIG_IGN)
  }()
}
