import Glibc

/// What `stat(2)` and `access(2)` tell about a database file; it is never opened except by SQLite.
///
/// Closing any descriptor of the file would drop the locks that SQLite holds on it in this process
/// (sqlite.org/howtocorrupt.html, 2.2).
struct SQLiteFile: Hashable, Sendable {
  let path: String
  let state: State

  enum State: Hashable, Sendable {
    /// Device and inode.
    ///
    /// File systems give a deleted file's inode to the next file, but not while it is held open: a source keeps its
    /// connection until another file is there.
    case present(identity: String)
    case missing
    /// A folder on the way may not be entered, or the file may not be read.
    case denied
    /// Something else than a file, or an error of the file system.
    case unusable(String)
  }

  init(path: String) {
    self.path = path
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      state =
        switch errno {
        case ENOENT, ENOTDIR: .missing
        case EACCES, EPERM: .denied
        case let code: .unusable(String(cString: strerror(code)))
        }
      return
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      state = .unusable("it is not a file")
      return
    }
    guard access(path, R_OK) == 0 else {
      state = .denied
      return
    }
    state = .present(identity: "\(facts.st_dev):\(facts.st_ino)")
  }

  var isPresent: Bool {
    switch state {
    case .present: true
    case .missing, .denied, .unusable: false
    }
  }

  /// Whether the write-ahead log's index exists, and whether it could be made.
  var hasSharedMemory: Bool { access(path + "-shm", F_OK) == 0 }
  var folderIsWritable: Bool {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    return access(folder, W_OK) == 0
  }
}
