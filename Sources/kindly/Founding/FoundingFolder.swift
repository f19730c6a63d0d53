import Foundation
import Glibc
import KindlyConfig
import KindlyCore

/// Writes the files of a new configuration: all of them or none, and never over one that exists.
struct FoundingFolder {
  /// A file to be written, by its path below the folder.
  struct File {
    let name: String
    let text: String
    /// Secrets are readable by the service's user alone.
    var isSecret = false
  }

  let path: String

  init(path: String) { self.path = path }

  /// Refuses if one of the files exists or the folder cannot be written; checked before a person is asked anything.
  func checkRoom(for names: [String]) throws {
    let existing = names.map(place).filter { access($0, F_OK) == 0 }
    guard existing.isEmpty else { throw FoundingFolder.exists(existing) }
    var folder = path
    while access(folder, F_OK) != 0, let slash = folder.lastIndex(of: "/"), folder != "/" {
      folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
    }
    guard access(folder, W_OK | X_OK) == 0 else { throw FoundingFolder.refused(folder, errno) }
  }

  /// Writes the files in their order; the last one is what makes a configuration of them.
  func write(_ files: [File]) throws {
    try checkRoom(for: files.map(\.name))
    var made: [String] = []
    do {
      for file in files { try write(file, &made) }
    } catch {
      // What was begun is taken back, the newest first; what cannot be removed is not worse than the error itself.
      for path in made.reversed() { remove(path) }
      throw error
    }
  }

  private func place(_ name: String) -> String { path + "/" + name }

  /// Writes a file under a temporary name and links it into place as a whole; link(2) fails if a file has appeared
  /// there meanwhile.
  private func write(_ file: File, _ made: inout [String]) throws {
    let target = place(file.name)
    try makeFolders(above: target, &made)
    let draft = target + ".new-\(getpid())"
    let mode: mode_t = file.isSecret ? 0o600 : service == nil ? 0o644 : 0o640
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw FoundingFolder.refused(draft, errno) }
    made.append(draft)
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      try handle.write(contentsOf: Data(file.text.utf8))
      // The mode of open(2) is less what the umask takes away.
      fchmod(descriptor, mode)
      // Root's secret would be closed to the service. The rest stays root's: the service only reads it.
      if let service { fchown(descriptor, file.isSecret ? service.user : 0, service.group) }
      try handle.synchronize()
      try handle.close()
    } catch {
      throw Failure(.inputOutput, "\(draft) cannot be written: \(error.systemCause)")
    }
    guard link(draft, target) == 0 else {
      throw errno == EEXIST
        ? FoundingFolder.exists([target]) : FoundingFolder.refused(target, errno)
    }
    unlink(draft)
    made[made.count - 1] = target
  }

  private func makeFolders(above target: String, _ made: inout [String]) throws {
    var missing: [String] = []
    var folder = URL(fileURLWithPath: target).deletingLastPathComponent().path
    while access(folder, F_OK) != 0, folder != "/" {
      missing.append(folder)
      folder = URL(fileURLWithPath: folder).deletingLastPathComponent().path
    }
    for folder in missing.reversed() {
      guard mkdir(folder, 0o755) == 0 else { throw FoundingFolder.refused(folder, errno) }
      made.append(folder)
      guard let service, folder == path || folder.hasPrefix(path + "/") else { continue }
      chown(folder, 0, service.group)
      chmod(folder, 0o750)
    }
  }

  /// The service's user if root writes the configuration; nil otherwise, because the service then runs as the same
  /// user.
  private let service: (user: uid_t, group: gid_t)? = {
    guard geteuid() == 0, let user = getpwnam(ServiceUser.standardName) else { return nil }
    return (user.pointee.pw_uid, user.pointee.pw_gid)
  }()

  private func remove(_ path: String) {
    if rmdir(path) != 0 { unlink(path) }
  }

  private static func exists(_ paths: [String]) -> Failure {
    Failure(
      .cannotCreate,
      "\(paths.joined(separator: ", ")) \(paths.count == 1 ? "exists" : "exist") already, and nothing was written; "
        + "move it away, or name another folder with --config")
  }

  private static func refused(_ path: String, _ code: Int32) -> Failure {
    Failure(
      .cannotCreate,
      "\(path) cannot be written: \(String(cString: strerror(code))); "
        + "run `kindly init` as root, or name another folder with --config")
  }
}
