import Foundation
import Glibc
package import KindlyCore

/// Finds configuration files that too many users can write or read, and folders of attachments that the service cannot use,
/// by their owners and modes.
///
/// A program run by an `exec` channel has the service's user. If that user can write the configuration, the program can
/// change what is sent to whom.
package struct AccessReview: Sendable {
  private let service: ServiceUser?

  /// - Parameter service: the user that the service runs as; without one, write access is not checked.
  package init(service: ServiceUser? = ServiceUser.present) {
    self.service = service
  }

  /// The problems of a configuration's folders, files and secrets, each a warning about one path.
  package func problems(of configuration: Configuration) -> [ConfigurationProblem] {
    findings(of: configuration).map { finding in
      ConfigurationProblem(
        severity: .warning, place: finding.place, column: 0, text: finding.text)
    }
  }

  /// What is wrong with a configuration's folders, files and secrets.
  package func findings(of configuration: Configuration) -> [AccessFinding] {
    let writable = configuration.folders.flatMap(writable(below:)).sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
    return [writing(writable)].compactMap(\.self) + secrets(of: configuration)
      + FolderReview(service: service).findings(of: configuration)
  }

  // MARK: Writing

  /// One warning, however many files there are: the cure is the same for all.
  private func writing(_ paths: [String]) -> AccessFinding? {
    guard let service, let first = paths.first else { return nil }
    return AccessFinding(first, .writable(by: service.name, others: paths.count - 1))
  }

  private func writable(below folder: String) -> [String] {
    guard let service else { return [] }
    return parts(of: folder).filter { path in
      var status = stat()
      return stat(path, &status) == 0 && service.canWrite(status)
    }
  }

  /// The folder, its main file, its rules, and its letters with the folders they are in.
  private func parts(of folder: String) -> [String] {
    var parts = [folder, folder + "/kindly.yaml"]
    for name in ["rules.d", "templates"] {
      let path = folder + "/" + name
      parts.append(path)
      // What cannot be listed is reported by who reads it.
      let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
      parts += names.map { path + "/" + $0 }
    }
    return parts
  }

  // MARK: Secrets

  private func secrets(of configuration: Configuration) -> [AccessFinding] {
    let references =
      configuration.channels.flatMap(\.type.secrets) + configuration.sources.compactMap(\.password)
      + [configuration.mailbox?.password].compactMap(\.self)
    var seen: Set<SecretReference> = []
    return references.filter { seen.insert($0).inserted }.compactMap(secret)
  }

  private func secret(_ reference: SecretReference) -> AccessFinding? {
    guard case .file(let path) = reference else { return nil }
    var status = stat()
    guard stat(path, &status) == 0, isTooOpen(status) else { return nil }
    return AccessFinding(
      path,
      .openPassword(
        mode: Int(status.st_mode & 0o777), owner: service?.name ?? ServiceUser.standardName))
  }

  /// A group may read where it is root's or the service's own; nobody else may do anything.
  private func isTooOpen(_ status: stat) -> Bool {
    if status.st_mode & (S_IRWXO | S_IWGRP) != 0 { return true }
    let isTrusted = status.st_gid == 0 || service?.groups.first == status.st_gid
    return status.st_mode & S_IRGRP != 0 && !isTrusted
  }
}

/// What the review found wrong at one place.
package struct AccessFinding: Hashable, Sendable {
  /// The file itself, or the line that names the folder.
  package let place: Place
  package let fault: AccessFault

  /// What is wrong, and what to do about it.
  package var text: String { fault.words(at: place.file) }

  init(_ path: String, _ fault: AccessFault) {
    self.init(at: Place(file: path, line: 0), fault)
  }

  init(at place: Place, _ fault: AccessFault) {
    self.place = place
    self.fault = fault
  }
}
