package import Glibc
import KindlyCore

/// Files that are whole and on the disk once they have their name.
package enum DurableFile {
  /// Writes a file under a temporary name, makes it durable, and gives it its name.
  ///
  /// The name itself is durable after `sync(folder:)`. Both names are in one file system.
  ///
  /// - Parameter mode: the file's rights, whatever the process's umask takes away.
  static func write(
    _ bytes: [UInt8], at temporary: String, then final: String, mode: mode_t
  ) throws(FileFault) {
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FileFault("create", temporary) }
    try complete(descriptor, at: temporary, with: bytes, then: final, mode: mode)
  }

  /// Writes the file that was opened under a temporary name, closes it, and gives it its name; removes it if that fails.
  package static func complete(
    _ descriptor: Int32, at temporary: String, with bytes: [UInt8], then final: String, mode: mode_t
  ) throws(FileFault) {
    var fault = fill(descriptor, at: temporary, with: bytes, mode)
    if Glibc.close(descriptor) != 0, fault == nil { fault = FileFault("close", temporary) }
    if let fault {
      unlink(temporary)
      throw fault
    }
    guard rename(temporary, final) == 0 else {
      let fault = FileFault("rename a file to", final)
      unlink(temporary)
      throw fault
    }
  }

  private static func fill(
    _ descriptor: Int32, at path: String, with bytes: [UInt8], _ mode: mode_t
  ) -> FileFault? {
    guard fchmod(descriptor, mode) == 0 else { return FileFault("set the rights of", path) }
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { all in
        Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: all[offset...]).baseAddress,
          all.count - offset)
      }
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { return FileFault("write to", path) }
      offset += written
    }
    return fsync(descriptor) == 0 ? nil : FileFault("make durable", path)
  }

  /// Makes the names in a folder durable.
  static func sync(folder: String) throws(FileFault) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFault("open the folder", folder) }
    let isDurable = fsync(descriptor) == 0
    let fault = FileFault("sync the folder", folder)
    Glibc.close(descriptor)
    if !isDurable { throw fault }
  }
}

/// A call to the file system that failed.
package struct FileFault: Error {
  let text: String
  private let number: Int32

  /// What the system says of it.
  package var cause: String { String(cString: strerror(number)) }

  /// Reads `errno`, so it is made right behind the call.
  init(_ operation: String, _ object: String) {
    number = errno
    text = "cannot \(operation) \(object): \(String(cString: strerror(number)))"
  }

  /// A full disk may get free space again without a person; a missing permission or folder needs one.
  var outcome: Outcome {
    switch number {
    case EACCES, EPERM, EROFS, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG:
      .misconfigured(Refusal(text, isChannelWide: true))
    default: .retry(Refusal(text, isChannelWide: true))
    }
  }
}
