import Glibc

/// SIGPIPE, which ends a process that writes to a peer that has gone.
package enum BrokenPipes {
  /// Makes a write to a peer that has gone an error code for the whole process; it is done once, when first read.
  ///
  /// TLS and the pipes of programs are written by libraries that do not mask the signal.
  package static let areErrors: Void = {
    signal(SIGPIPE, SIG_IGN)
  }()
}
