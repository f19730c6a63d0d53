import Foundation
import Glibc
import KindlyCore

/// Reads files below one folder, and never anything outside it.
///
/// A path is opened part by part, relative to the folder that the part before led to, and no symbolic link is followed.
/// So the file that is read is below the folder even if somebody moves files or puts links in place meanwhile.
struct BoundedFolder: Sendable {
  let path: String

  /// Why a file was not read. None of them holds the file's name, which may be personal data.
  enum Fault: Error, Hashable, Sendable {
    case outside, missing, link, irregular, empty, changing
    case tooLarge(limit: Int)
    case unreadable(cause: String)
    case noFolder(cause: String)
  }

  /// As many bytes as a path may have (limits.h, PATH_MAX).
  private static let longestPath = 4096
  /// O_PATH of open(2), by its number on x86-64 and arm64: Swift does not import the macro.
  private static let pathOnly: Int32 = 0o10_000_000

  /// The bytes of a regular file, at most `limit` of them.
  func bytes(of file: String, limit: Int) throws(Fault) -> [UInt8] {
    let parts = try BoundedFolder.parts(of: file)
    var folder = Glibc.open(path, BoundedFolder.pathOnly | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .noFolder(cause: BoundedFolder.cause(errno)) }
    defer { close(folder) }
    for part in parts.dropLast() {
      // The right to search a folder is enough: nothing is listed.
      let next = try BoundedFolder.open(
        part, in: folder, BoundedFolder.pathOnly | O_DIRECTORY, kind: S_IFDIR, otherwise: .missing)
      close(folder)
      folder = next
    }
    // Without O_NONBLOCK a pipe that replaces the file just now would be waited for.
    let descriptor = try BoundedFolder.open(
      parts.last ?? "", in: folder, O_RDONLY | O_NONBLOCK | O_NOCTTY, kind: S_IFREG,
      otherwise: .irregular)
    defer { close(descriptor) }
    return try BoundedFolder.read(descriptor, limit: limit)
  }

  /// The parts of a relative path that goes down only.
  private static func parts(of file: String) throws(Fault) -> [String] {
    guard !file.utf8.contains(0), file.utf8.count <= longestPath else { throw .outside }
    let parts = file.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else { throw .outside }
    return parts
  }

  private static func open(
    _ part: String, in folder: Int32, _ flags: Int32, kind: mode_t, otherwise fault: Fault
  ) throws(Fault) -> Int32 {
    var status = stat()
    // Asked first, because opening a device may already do something to it, and because what open(2) says of a link
    // depends on the flags.
    guard fstatat(folder, part, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw self.fault(errno) }
    if status.st_mode & S_IFMT == S_IFLNK { throw .link }
    guard status.st_mode & S_IFMT == kind else { throw fault }
    let descriptor = openat(folder, part, flags | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw self.fault(errno) }
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == kind else {
      close(descriptor)
      throw fault
    }
    return descriptor
  }

  private static func read(_ descriptor: Int32, limit: Int) throws(Fault) -> [UInt8] {
    var before = stat()
    var after = stat()
    guard fstat(descriptor, &before) == 0 else { throw fault(errno) }
    guard before.st_size <= limit else { throw .tooLarge(limit: limit) }
    let bytes: [UInt8]
    do {
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
      // One byte more, so that a file that grows is noticed.
      bytes = [UInt8](try file.read(upToCount: Int(before.st_size) + 1) ?? Data())
    } catch {
      throw .unreadable(cause: error.systemCause)
    }
    guard fstat(descriptor, &after) == 0 else { throw fault(errno) }
    // Half of a file that is still being written helps nobody.
    guard bytes.count == before.st_size, after.st_size == before.st_size,
      after.st_mtim.tv_sec == before.st_mtim.tv_sec,
      after.st_mtim.tv_nsec == before.st_mtim.tv_nsec
    else { throw .changing }
    guard !bytes.isEmpty else { throw .empty }
    return bytes
  }

  private static func fault(_ code: Int32) -> Fault {
    switch code {
    case ENOENT, ENOTDIR, ENAMETOOLONG: .missing
    case ELOOP: .link
    default: .unreadable(cause: cause(code))
    }
  }

  private static func cause(_ code: Int32) -> String { String(cString: strerror(code)) }
}

extension BoundedFolder.Fault {
  /// The end of `expected a file below the folder, got …`.
  var words: String {
    switch self {
    case .outside: "a path that is absolute, or has an empty part, `.` or `..`"
    case .missing: "no such file"
    case .link: "a symbolic link, which is not followed"
    case .irregular: "a folder, pipe, socket or device"
    case .empty: "an empty file"
    case .changing: "a file that changed while it was read"
    case .tooLarge(let limit): "a file larger than \(limit / 1024 / 1024) MB"
    case .unreadable(let cause): "a file that cannot be read: \(cause)"
    case .noFolder(let cause): "no folder: \(cause)"
    }
  }
}
