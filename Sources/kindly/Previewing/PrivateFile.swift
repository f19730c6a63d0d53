import Foundation
import Glibc
import KindlyChannels

/// A file that only its owner can read, and that is whole once it has its name.
enum PrivateFile {
  /// Writes a file beside the place where it belongs, makes it durable, and puts it there, in place of any older one.
  static func write(_ bytes: [UInt8], to path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    // mkstemp makes a file that did not exist, with mode 0600.
    var pattern = Array("\(folder.isEmpty ? "." : folder)/.kindly-XXXXXX".utf8CString)
    let descriptor = mkstemp(&pattern)
    guard descriptor >= 0 else { throw failure(path, String(cString: strerror(errno))) }
    let temporary = String(decoding: pattern.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    do throws(FileFault) {
      try DurableFile.complete(descriptor, at: temporary, with: bytes, then: path, mode: 0o600)
    } catch {
      throw failure(path, error.cause)
    }
  }

  private static func failure(_ path: String, _ cause: String) -> Failure {
    Failure(.cannotCreate, "cannot write \(path): \(cause)")
  }
}
