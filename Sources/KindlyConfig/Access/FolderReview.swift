import Glibc
import KindlyCore

/// Finds folders of `folders:` that the service could attach no file from.
struct FolderReview {
  let service: ServiceUser?

  /// Paths that the shipped unit hides from the service, or replaces by private ones (systemd.exec(5), ProtectHome=,
  /// PrivateTmp=).
  private static let hidden = ["/home", "/root", "/run/user", "/tmp", "/var/tmp"]

  /// A warning for each such folder: it may be on a disk that is not mounted yet, and only letters that need it wait.
  func findings(of configuration: Configuration) -> [AccessFinding] {
    configuration.attachmentFolders.compactMap { folder in
      fault(folder.path).map {
        AccessFinding(at: folder.place, .folder(ExactText(folder.name), $0))
      }
    }
  }

  private func fault(_ path: String) -> FolderFault? {
    var status = stat()
    guard stat(path, &status) == 0 else {
      // A folder that only the service may reach cannot be judged.
      return errno == EACCES
        ? nil : .missing(path: path, because: String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      return .notAFolder(path: path)
    }
    if let service, !service.has(UInt32(X_OK), on: status) {
      return .closed(path: path, to: service.name)
    }
    // Another user means another unit, which may hide nothing.
    guard service?.name == ServiceUser.standardName,
      let hidden = FolderReview.hidden.first(where: {
        path.isExactly($0) || path.hasPrefix($0 + "/")
      })
    else { return nil }
    return .hidden(below: hidden)
  }
}
