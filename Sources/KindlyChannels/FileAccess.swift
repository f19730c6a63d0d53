import Glibc

/// What this process may do with a file that a channel needs (access(2)).
enum FileAccess {
  /// Why a file cannot be read, as `…, which does not exist`; nil where it can.
  static func fault(reading path: String) -> String? {
    fault(path, R_OK, "this user cannot read")
  }

  /// Why a program cannot be run; nil where it can.
  static func fault(running path: String) -> String? {
    fault(path, X_OK, "this user cannot execute")
  }

  private static func fault(_ path: String, _ right: Int32, _ denial: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR: return "does not exist"
      case EACCES: return denial
      case let code: return "cannot be used (\(String(cString: strerror(code))))"
      }
    }
    if status.st_mode & S_IFMT == S_IFDIR { return "is a folder" }
    return access(path, right) == 0 ? nil : denial
  }
}
