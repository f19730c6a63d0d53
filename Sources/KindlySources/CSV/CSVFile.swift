import CFiles
import Glibc
import KindlyCore

/// A file as stat(2) sees it: equal facts mean equal bytes, but for a file that was written twice within one tick of the file
/// system's clock, a few milliseconds.
struct CSVFacts: Hashable {
  private let device: UInt64
  private let inode: UInt64
  let size: Int64
  private let seconds: Int
  private let nanoseconds: Int

  /// How long ago the file was written to last.
  var age: Duration { Stopwatch.age(of: timespec(tv_sec: seconds, tv_nsec: nanoseconds)) }

  /// Adds the facts to a fingerprint of all files.
  func combine(into hash: inout RowHash) {
    for number in [Int64(bitPattern: device), Int64(bitPattern: inode), size] {
      hash.combine(.integer(number))
    }
    hash.combine(.integer(Int64(seconds)))
    hash.combine(.integer(Int64(nanoseconds)))
  }

  fileprivate init(_ facts: stat) {
    device = UInt64(facts.st_dev)
    inode = UInt64(facts.st_ino)
    size = Int64(facts.st_size)
    seconds = facts.st_mtim.tv_sec
    nanoseconds = facts.st_mtim.tv_nsec
  }
}

/// One file that is a table of a source.
struct CSVFile: Hashable {
  let table: String
  let path: String
  let facts: CSVFacts

  /// While a file is converted its bytes are in memory up to four times; a larger table belongs into a database.
  static let largest: Int64 = 256 << 20

  /// The files at a path: the file itself, or every `.csv` file of a folder, each a table with the file's name.
  static func all(at path: String) throws(CSVAccess) -> [CSVFile] {
    let facts = try found(path)
    guard facts.st_mode & S_IFMT == S_IFDIR else {
      guard facts.st_mode & S_IFMT == S_IFREG else {
        throw CSVAccess(
          text: "is a pipe, socket or device and not a regular file",
          hint: "write the table to a file, and put its path in `url:`")
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      return [CSVFile(table: stem(of: name) ?? name, path: path, facts: CSVFacts(facts))]
    }
    var files: [CSVFile] = []
    for name in try names(in: path) {
      guard let table = stem(of: name) else { continue }
      // What is gone since the folder was read is not there.
      guard let facts = try? found(path + "/" + name), facts.st_mode & S_IFMT == S_IFREG else {
        continue
      }
      files.append(CSVFile(table: table, path: path + "/" + name, facts: CSVFacts(facts)))
    }
    return files
  }

  /// The file's bytes, or nil where it was written to meanwhile.
  func read() throws(CSVAccess) -> [UInt8]? {
    guard facts.size <= CSVFile.largest else {
      throw CSVAccess(
        text:
          "is \(facts.size >> 20) MB long, and kindly reads at most \(CSVFile.largest >> 20) MB",
        hint: "import it into a database, and use that as the source")
    }
    let descriptor = kindly_open_regular(path)
    // What was a file when its facts were asked for has been replaced.
    guard descriptor != -2 else { return nil }
    guard descriptor >= 0 else { throw CSVAccess(errno) }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Int(facts.size) + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes[count...].withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress, $0.count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw CSVAccess(errno) }
      if got == 0 { break }
      count += got
    }
    var after = stat()
    guard fstat(descriptor, &after) == 0 else { throw CSVAccess(errno) }
    guard CSVFacts(after) == facts, count == Int(facts.size) else { return nil }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  private static func stem(of name: String) -> String? {
    // Editors and spreadsheets keep work files beside the original, with names that begin with a dot or a tilde.
    guard name.lowercased().hasSuffix(".csv"), !name.hasPrefix("."), !name.hasPrefix("~") else {
      return nil
    }
    return String(name.dropLast(4))
  }

  private static func found(_ path: String) throws(CSVAccess) -> stat {
    var facts = stat()
    guard stat(path, &facts) == 0 else { throw CSVAccess(errno) }
    return facts
  }

  private static func names(in folder: String) throws(CSVAccess) -> [String] {
    guard let handle = opendir(folder) else { throw CSVAccess(errno) }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { name in
          name.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
            String(cString: $0)
          }
        })
    }
    return names.sortedExactly
  }
}

/// Why a file or folder cannot be read, and what to do.
struct CSVAccess: Error, Hashable {
  let text: String
  let hint: String

  init(text: String, hint: String) {
    self.text = text
    self.hint = hint
  }

  init(_ code: Int32) {
    switch code {
    case ENOENT, ENOTDIR:
      self.init(text: "is not there", hint: "check the path in `url:`")
    case EACCES, EPERM:
      self.init(
        text: "may not be read by the user that kindly runs as",
        hint:
          "give kindly's user the right to read it and to enter its folders, and see that the unit's "
          + "ReadOnlyPaths= or ProtectHome= does not hide it")
    default:
      self.init(
        text: "cannot be read: \(String(cString: strerror(code)))",
        hint: "check the disk it is on")
    }
  }
}
