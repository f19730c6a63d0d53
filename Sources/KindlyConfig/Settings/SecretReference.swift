import CFiles
import Foundation
import Glibc
package import KindlyCore

/// Where a secret is kept. The configuration holds only this, so it can be archived, shown and shared.
package enum SecretReference: Hashable, Sendable {
  /// A systemd credential, `LoadCredential=` or `LoadCredentialEncrypted=` of the unit.
  case credential(String)
  case file(String)
  case environment(String)

  /// The most that is read of a secret's file; a key or a token is far shorter, and /dev/zero has no end.
  private static let longest = 64 * 1024

  /// Reads the secret. A line end behind it is no part of it.
  package func resolve(environment: [String: String]) throws(SecretProblem) -> Secret {
    switch self {
    case .credential(let name):
      guard let folder = environment["CREDENTIALS_DIRECTORY"] else {
        throw SecretProblem(
          "credential \(name): there is no $CREDENTIALS_DIRECTORY, because kindly was not started by systemd "
            + "or its unit has no credentials; add `LoadCredential=\(name):/etc/kindly/\(name)` to the unit, "
            + "or write { file: … } or { env: … }")
      }
      return try read(
        folder + "/" + name,
        advice:
          "add `LoadCredential=\(name):/path` to the unit (systemctl edit kindly) and restart it")
    case .file(let path):
      return try read(
        path, advice: "create it, readable by the user kindly alone (chown kindly, chmod 400)")
    case .environment(let name):
      guard let text = environment[name] else {
        throw SecretProblem("the environment has no \(name); set it for the service and restart it")
      }
      return try checked(text)
    }
  }

  private func read(_ path: String, advice: String) throws(SecretProblem) -> Secret {
    let descriptor = kindly_open_regular(path)
    guard descriptor >= 0 else {
      let problem =
        switch descriptor == -1 ? errno : 0 {
        case 0: "is a folder, pipe, socket or device and not a regular file"
        case ENOENT, ENOTDIR: "does not exist"
        case EACCES, EPERM: "cannot be read by this user"
        case let code: "cannot be read (\(String(cString: strerror(code))))"
        }
      throw SecretProblem("\(self): \(path) \(problem); \(advice)")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    let data: Data?
    do {
      data = try handle.read(upToCount: SecretReference.longest + 1)
    } catch {
      throw SecretProblem(
        "\(self): \(path) cannot be read (\(error.systemCause)); \(advice)")
    }
    guard let text = String(data: data ?? Data(), encoding: .utf8) else {
      throw SecretProblem("\(self): \(path) is not UTF-8 text; \(advice)")
    }
    return try checked(text)
  }

  private func checked(_ text: String) throws(SecretProblem) -> Secret {
    var scalars = text.unicodeScalars
    while let last = scalars.last, last == "\n" || last == "\r" { scalars.removeLast() }
    guard !scalars.isEmpty else {
      throw SecretProblem("\(self) is empty; put the secret there")
    }
    guard scalars.count <= SecretReference.longest else {
      throw SecretProblem(
        "\(self) is longer than \(SecretReference.longest) characters; is it the right one?")
    }
    return Secret(String(scalars))
  }
}

extension SecretReference: CustomStringConvertible {
  package var description: String {
    switch self {
    case .credential(let name): "credential \(name)"
    case .file(let path): "secret file \(path)"
    case .environment(let name): "environment variable \(name)"
    }
  }
}

/// Why a secret could not be had, and what to do; never holds the secret.
package struct SecretProblem: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
