import Foundation
import Glibc
package import KindlyCore

/// The secrets that systemd hands to the service: one file each in `$CREDENTIALS_DIRECTORY`.
///
/// They are copied when the service starts; a reload sees the old ones. See systemd.exec(5), `LoadCredential=`.
package struct Credentials: Sendable {
  /// Nil where the process was started without credentials.
  private let directory: String?

  /// A password or a token; systemd's own limit is 1 MB for all credentials together.
  package static let largest = 64 * 1024

  package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    directory = environment["CREDENTIALS_DIRECTORY"]
  }

  /// The credential of that name, without the newline that an editor leaves at its end.
  package func read(_ name: String) throws(CredentialError) -> Secret {
    guard CredentialError.isName(name) else { throw CredentialError(name: name, fault: .badName) }
    guard let directory else { throw CredentialError(name: name, fault: .noDirectory) }
    let file = directory + "/" + name
    guard let handle = fopen(file, "re") else {
      throw CredentialError(name: name, fault: errno == ENOENT ? .missing : .unreadable(errno))
    }
    defer { fclose(handle) }
    // One byte more than is allowed, to tell a full one from one that is too long.
    var bytes = [UInt8](repeating: 0, count: Self.largest + 1)
    let count = fread(&bytes, 1, bytes.count, handle)
    guard ferror(handle) == 0 else { throw CredentialError(name: name, fault: .unreadable(errno)) }
    guard count <= Self.largest else { throw CredentialError(name: name, fault: .tooLong) }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
      throw CredentialError(name: name, fault: .notText)
    }
    let secret = text.hasSuffix("\n") ? String(text.dropLast()) : text
    guard !secret.isEmpty else { throw CredentialError(name: name, fault: .empty) }
    return Secret(secret)
  }
}

/// Why a credential could not be read, and what to do.
package struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Fault: Hashable, Sendable {
    case badName, noDirectory, missing, notText, tooLong, empty
    /// The value is an `errno`.
    case unreadable(Int32)
  }

  package let name: String
  package let fault: Fault

  package var description: String {
    switch fault {
    case .badName:
      "expected a credential's name to be letters, digits, `.`, `_` and `-`, got `\(name)`"
    case .noDirectory:
      "credential `\(name)` cannot be read: this process was not started by systemd with credentials; "
        + "use `{ file: … }` or start the service with `LoadCredential=\(name):PATH`"
    case .missing:
      "credential `\(name)` was not handed to the service; add `LoadCredential=\(name):PATH` with "
        + "`systemctl edit kindly`, then `systemctl restart kindly`, since a reload does not read credentials"
    case .unreadable(let code):
      "credential `\(name)` cannot be read: \(String(cString: strerror(code)))"
    case .notText: "expected credential `\(name)` to be UTF-8 text, got other bytes"
    case .tooLong:
      "expected credential `\(name)` to be at most \(Credentials.largest / 1024) KB, got more"
    case .empty: "expected credential `\(name)` to hold a secret, got an empty file"
    }
  }

  /// A name is a plain file name, never a path out of the directory.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && text.utf8.count <= 255
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
