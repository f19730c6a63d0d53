import Foundation
import Glibc
import KindlyCore

/// A file that only its owner can read, and that is whole once it has its name.
enum PrivateFile {
  /// Writes a file beside the place where it belongs, makes it durable, and puts it there, in place of any older one.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    // mkstemp makes a file that did not exist, with mode 0600.
    var pattern = Array("\(folder.isEmpty ? "." : folder)/.kindly-XXXXXX".utf8CString)
    let descriptor = mkstemp(&pattern)
    guard descriptor >= 0 else { throw failure(path) }
    let fault = fill(descriptor, bytes, path)
    guard Glibc.close(descriptor) == 0, fault == nil, rename(pattern, path) == 0 else {
      let cause = fault ?? failure(path)
      unlink(pattern)
      throw cause
    }
  }

  private static func fill(_ descriptor: Int32, _ bytes: [UInt8], _ path: String) -> Failure? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return failure(path) }
      rest = rest.dropFirst(count)
    }
    return fsync(descriptor) == 0 ? nil : failure(path)
  }

  /// Reads `errno`, so it is asked right behind the call that failed.
  private static func failure(_ path: String) -> Failure {
    Failure(.cannotCreate, "cannot write \(path): \(String(cString: strerror(errno)))")
  }
}
