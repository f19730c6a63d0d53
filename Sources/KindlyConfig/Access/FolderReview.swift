import Glibc
import KindlyCore

/// Finds folders of `folders:` that the service could attach no file from.
struct FolderReview {
  let service: ServiceUser?

  /// Paths that the shipped unit hides from the service, or replaces by private ones (systemd.exec(5), ProtectHome=,
  /// PrivateTmp=).
  private static let hidden = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"]

  /// A warning for each such folder: it may be on a disk that is not mounted yet, and only letters that need it wait.
  func problems(of configuration: Configuration) -> [ConfigurationProblem] {
    configuration.attachmentFolders.compactMap { folder in
      fault(folder.path).map { fault in
        ConfigurationProblem(
          severity: .warning, place: folder.place, column: 0,
          text: "folder \(folder.name): \(fault); reminders that attach its files would wait")
      }
    }
  }

  private func fault(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      // A folder that only the service may reach cannot be judged.
      return errno == EACCES
        ? nil : "expected a folder at \(path), got: \(String(cString: strerror(errno)))"
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return "expected a folder at \(path), got something else"
    }
    if let service, !service.has(UInt32(X_OK), on: status) {
      return "the user \(service.name), which the service runs as, cannot open files in \(path)"
    }
    // Another user means another unit, which may hide nothing.
    guard service?.name == ServiceUser.standardName,
      let hidden = FolderReview.hidden.first(where: {
        path.isExactly($0) || path.hasPrefix($0 + "/")
      })
    else { return nil }
    return
      "the service does not see \(hidden), because its unit has ProtectHome= and PrivateTmp=; move the folder, for example to /srv"
  }
}
