/// A file that travels with a message for its reader to open.
package struct AttachedFile: Hashable, Sendable {
  /// The file name that the reader sees; it may be personal data.
  package let name: String
  package let mediaType: String
  package let bytes: [UInt8]

  /// Mail servers commonly refuse more than 25 MB, and a phone on a slow line opens no more in reasonable time.
  package static let largest = 10 * megabyte
  /// Many servers refuse mail above 25 MB. Base64 adds a third, and the letter with its images needs some room too.
  package static let largestTogether = 15 * megabyte
  /// More files than this belong into an archive.
  package static let most = 10

  private static let megabyte = 1024 * 1024

  package init(name: String, mediaType: String, bytes: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
  }

  /// The file for a person: `terms.pdf (application/pdf, 183 KB)`.
  package var summary: String {
    "\(OneLine.text(name)) (\(mediaType), \(AttachedFile.size(bytes.count)))"
  }

  /// A number of bytes for a person, rounded up: `1 KB`, `2.4 MB`.
  package static func size(_ bytes: Int) -> String {
    let kilobytes = (bytes + 1023) / 1024
    guard kilobytes >= 1024 else { return "\(kilobytes) KB" }
    let tenths = (kilobytes * 10 + 1023) / 1024
    return tenths % 10 == 0 ? "\(tenths / 10) MB" : "\(tenths / 10).\(tenths % 10) MB"
  }

  /// The media type that a file's ending stands for.
  ///
  /// The list is closed, so that the same letter is the same mail on every machine. Mail (`.eml`) is not in it: RFC 2046
  /// forbids base64 for `message/rfc822`.
  package static func mediaType(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return unknownType }
    switch name[name.index(after: dot)...].lowercased() {
    case "pdf": return "application/pdf"
    case "txt": return "text/plain"
    case "csv": return "text/csv"
    case "ics": return "text/calendar"
    case "vcf": return "text/vcard"
    case "xml": return "application/xml"
    case "png": return "image/png"
    case "jpg", "jpeg": return "image/jpeg"
    case "gif": return "image/gif"
    case "webp": return "image/webp"
    case "zip": return "application/zip"
    case "rtf": return "application/rtf"
    case "doc": return "application/msword"
    case "xls": return "application/vnd.ms-excel"
    case "ppt": return "application/vnd.ms-powerpoint"
    case "docx": return "\(office).wordprocessingml.document"
    case "xlsx": return "\(office).spreadsheetml.sheet"
    case "pptx": return "\(office).presentationml.presentation"
    case "odt": return "application/vnd.oasis.opendocument.text"
    case "ods": return "application/vnd.oasis.opendocument.spreadsheet"
    case "odp": return "application/vnd.oasis.opendocument.presentation"
    default: return unknownType
    }
  }

  private static let office = "application/vnd.openxmlformats-officedocument"
  private static let unknownType = "application/octet-stream"
}

/// A folder of `folders:`, below which rows may name files to attach.
package struct AttachmentFolder: Hashable, Sendable {
  /// The name that letters use.
  package let name: String
  /// The absolute path.
  package let path: String
  package let place: Place

  package init(name: String, path: String, place: Place = .unknown) {
    self.name = name
    self.path = path
    self.place = place
  }
}
