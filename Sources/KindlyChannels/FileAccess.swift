import Glibc
import KindlyConfig

/// What the service may do with a file that a channel needs, by its owner, group and mode.
struct FileAccess {
  /// The user that the service runs as; nil means this process's own.
  private let service: ServiceUser?

  init(service: ServiceUser? = ServiceUser.present) {
    self.service = service
  }

  /// Why a file cannot be read, as `…, which does not exist`; nil if it can, or if this user may not look.
  func fault(reading path: String) -> String? {
    fault(path, R_OK, "the service cannot read")
  }

  /// Why no file can be put into a folder; nil if one can, or if this user may not look.
  func fault(writingInto path: String) -> String? {
    fault(path, W_OK | X_OK, "the service cannot write into", isFolder: true)
  }

  /// Why a program cannot be run; nil if it can, or if this user may not look.
  func fault(running path: String) -> String? {
    fault(path, X_OK, "the service cannot execute")
  }

  private func fault(
    _ path: String, _ right: Int32, _ denial: String, isFolder: Bool = false
  ) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return "does not exist"
      // A folder that only the service may enter.
      case EACCES: return nil
      case let code: return "cannot be used (\(String(cString: strerror(code))))"
      }
    }
    if (status.st_mode & S_IFMT == S_IFDIR) != isFolder {
      return isFolder ? "is no folder" : "is a folder"
    }
    let isAllowed = service?.has(UInt32(right), on: status) ?? (access(path, right) == 0)
    return isAllowed ? nil : denial
  }
}
