import Foundation

/// A folder's name as IMAP writes it: quoted, and in its own kind of UTF-7; RFC 3501, 5.1.3.
enum FolderName {
  static func quoted(_ name: String) -> String {
    var text = "\""
    var other: [UInt16] = []
    func flush() {
      guard !other.isEmpty else { return }
      let bytes = Data(other.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] })
      let base64 = bytes.base64EncodedString().replacing("/", with: ",").prefix { $0 != "=" }
      text += "&\(base64)-"
      other = []
    }
    for scalar in name.unicodeScalars {
      guard (0x20...0x7E).contains(scalar.value) else {
        other += UTF16.encode(scalar).map(Array.init) ?? []
        continue
      }
      flush()
      switch scalar {
      case "&": text += "&-"
      case "\"", "\\": text += "\\\(scalar)"
      default: text.unicodeScalars.append(scalar)
      }
    }
    flush()
    return text + "\""
  }
}
