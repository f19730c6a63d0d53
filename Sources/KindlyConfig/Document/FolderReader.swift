import CFiles
import Foundation
import Glibc
import KindlyCore

/// Finds and reads the files of a configuration.
struct FolderReader {
  /// The weakest first.
  let folders: [String]
  let findings: Findings

  /// The largest file that is read; a person's configuration is a hundredth of it.
  private static let largest = 1024 * 1024
  /// The most files of `rules.d`.
  private static let mostFiles = 1000

  /// `kindly.yaml` first, then `rules.d/*.yaml` and the files of `calendars/`, each in lexical order of their names.
  func files() -> [SourceFile] {
    guard let main = folders.last(where: { exists($0 + "/kindly.yaml") }), let folder = folders.last
    else {
      let path = (folders.last ?? "") + "/kindly.yaml"
      guard !isDenied(path) else {
        findings.error(FolderReader.denial, at: Spot(file: path, line: 0, column: 0))
        return []
      }
      findings.error(
        "expected a configuration, got no kindly.yaml in \(folders.reversed().joined(separator: ", ")); "
          + "create one with `kindly init`, or name another folder with `--config DIR`",
        at: Spot(file: path, line: 0, column: 0))
      return []
    }
    var paths = [main + "/kindly.yaml"]
    var rules: [ExactText: String] = [:]
    for folder in folders {
      for name in ruleNames(in: folder) { rules[name] = "\(folder)/rules.d/\(name)" }
    }
    if rules.count > FolderReader.mostFiles {
      findings.error(
        "expected at most \(FolderReader.mostFiles) files, got \(rules.count)",
        at: Spot(file: folder + "/rules.d", line: 0, column: 0))
    }
    paths += rules.sorted { $0.key < $1.key }.map(\.value)
    return (paths + calendars()).compactMap(read)
  }

  /// The files of `calendars/` and of the folders in it.
  private func calendars() -> [String] {
    var found: [ExactText: String] = [:]
    for folder in folders {
      let path = folder + "/calendars"
      for name in names(in: path) {
        if CalendarFiles.isCalendar(name) { found[ExactText(name)] = "\(path)/\(name)" }
        guard isFolder("\(path)/\(name)") else { continue }
        for inner in names(in: "\(path)/\(name)") where CalendarFiles.isCalendar(inner) {
          found[ExactText("\(name)/\(inner)")] = "\(path)/\(name)/\(inner)"
        }
      }
    }
    if found.count > FolderReader.mostFiles, let folder = folders.last {
      findings.error(
        "expected at most \(FolderReader.mostFiles) files, got \(found.count)",
        at: Spot(file: folder + "/calendars", line: 0, column: 0))
    }
    return found.sorted { $0.key < $1.key }.map(\.value)
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private func ruleNames(in folder: String) -> [String] {
    let path = folder + "/rules.d"
    return names(in: path).filter { isRules($0, in: path) }
  }

  /// What a folder holds, but for the backup and temporary files of editors and package managers; nothing where it is not
  /// there.
  private func names(in path: String) -> [String] {
    guard exists(path) else { return [] }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).filter {
        !$0.hasPrefix(".") && !$0.hasSuffix("~") && !$0.contains(".dpkg-")
      }
    } catch {
      let text = "expected a folder that can be read, got: \(error.systemCause)"
      let spot = Spot(file: path, line: 0, column: 0)
      if access(path, R_OK | X_OK) == 0 {
        findings.diskError(text, at: spot)
      } else {
        findings.error(text, at: spot)
      }
      return []
    }
  }

  private func isRules(_ name: String, in path: String) -> Bool {
    if name.hasSuffix(".yml") {
      findings.warn(
        "this file is ignored; rename it so that it ends with .yaml",
        at: Spot(file: "\(path)/\(name)", line: 0, column: 0))
    }
    return name.hasSuffix(".yaml")
  }

  private static let denial =
    "this user cannot read it; run the command as root or with `sudo -u kindly`, and make sure that the user kindly can read it"

  /// Whether a file may not be read, or a folder on the way not entered.
  private func isDenied(_ path: String) -> Bool { access(path, R_OK) != 0 && errno == EACCES }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  private func read(_ path: String) -> SourceFile? {
    let whole = Spot(file: path, line: 0, column: 0)
    // A link to /dev/null hides the file of the same name in a weaker folder.
    if URL(fileURLWithPath: path).resolvingSymlinksInPath().path == "/dev/null" {
      return SourceFile(path: path, text: "")
    }
    let descriptor = kindly_open_regular(path)
    guard descriptor >= 0 else {
      refuse(path, descriptor == -1 ? errno : nil, at: whole)
      return nil
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      let data = try handle.read(upToCount: FolderReader.largest + 1) ?? Data()
      guard data.count <= FolderReader.largest else {
        findings.error("expected at most \(FolderReader.largest) bytes, got more", at: whole)
        return nil
      }
      guard let text = String(validating: data, as: UTF8.self) else {
        findings.error("expected text in UTF-8, got other bytes; convert it with iconv", at: whole)
        return nil
      }
      return SourceFile(
        path: path,
        text: text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text)
    } catch {
      findings.diskError("it cannot be read: \(error.systemCause)", at: whole)
      return nil
    }
  }

  /// Reports why a file cannot be opened; nil for what is no regular file.
  private func refuse(_ path: String, _ code: Int32?, at whole: Spot) {
    switch code {
    case nil:
      findings.error(
        "expected a regular file, got a folder, pipe, socket or device; remove it or move it away",
        at: whole)
    case EACCES, EPERM: findings.error(FolderReader.denial, at: whole)
    case ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG:
      findings.error("it cannot be read: \(FolderReader.text(of: code))", at: whole)
    default: findings.diskError("it cannot be read: \(FolderReader.text(of: code))", at: whole)
    }
  }

  private static func text(of code: Int32?) -> String {
    code.map { String(cString: strerror($0)) } ?? "unknown"
  }
}
