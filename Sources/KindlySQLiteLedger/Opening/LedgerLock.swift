import Glibc
import KindlyCore
import Synchronization

/// The writer's lock, held from opening to closing. The kernel releases it when the process ends in any way.
///
/// The file stays after the lock is released: deleting it would let two processes lock two files of the same name.
final class LedgerLock: Sendable {
  private let descriptor: Mutex<Int32?>

  /// Takes the lock, or says who holds it.
  init(_ path: String) throws {
    // A child process must not inherit it: the lock would outlive us in there.
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard opened >= 0 else {
      throw LedgerProblem.system("open", "the ledger's lock \(path)")
    }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let pid = LedgerLock.holder(opened)
      Glibc.close(opened)
      let who = pid.map { "process \($0)" } ?? "another process"
      throw LedgerProblem(
        .held(pid: pid), "the ledger is being written by \(who), which holds \(path)",
        hint: "ask the running daemon with `kindly …`, or stop it first")
    }
    let text = "\(getpid())\n"
    ftruncate(opened, 0)
    // The text only helps the next one's message; the lock is the kernel's.
    _ = text.withCString { pwrite(opened, $0, strlen($0), 0) }
    descriptor = Mutex(opened)
  }

  /// Gives the lock back; once is enough, more does no harm.
  func release() {
    descriptor.withLock { descriptor in
      if let open = descriptor {
        // Closing alone would leave it to a child that has been forked and not yet become its program.
        flock(open, LOCK_UN)
        Glibc.close(open)
      }
      descriptor = nil
    }
  }

  deinit { release() }

  private static func holder(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self))
  }
}
