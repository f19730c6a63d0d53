import Crypto
import KindlyCore

/// The images of a template that travel with the mail: every `<img src="…">` that names a file of the folder.
struct InlineImages {
  private(set) var images: [InlineImage] = []
  /// What replaces the `src` values of the source.
  private(set) var replacements: [(range: Range<Int>, text: String)] = []
  private(set) var findings: [TemplateFinding] = []

  private let source: SourceText
  private let files: TemplateFiles

  /// The media type that a file's ending stands for, or nil where mail programs would not show it.
  static func mediaType(of path: String) -> String? {
    switch path.lowercased().split(separator: ".").last {
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "gif": "image/gif"
    case "webp": "image/webp"
    case .some, .none: nil
    }
  }

  init(_ source: SourceText, in range: Range<Int>, files: TemplateFiles) {
    self.source = source
    self.files = files
    var scanner = HTMLScanner(source.bytes, in: range)
    while let token = scanner.next() {
      guard case .start(let tag) = token, tag.name == "img",
        let value = tag.value(of: "src", in: source.bytes), !value.isEmpty
      else { continue }
      add(value)
    }
  }

  private mutating func add(_ value: Range<Int>) {
    let path = source.text(value).trimmed
    guard InlineImages.isLocal(path) else { return }
    let place = source.place(value.lowerBound)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if path.contains("{{") {
      findings.append(
        .error("an image of the templates folder has a fixed name, got `\(path)`", at: place))
    } else if parts.contains("..") || parts.contains("") || parts.contains(".") {
      let text = "expected an image's path below the templates folder, got `\(path)`"
      findings.append(.error(text, at: place))
    } else if let type = InlineImages.mediaType(of: path) {
      add(path, type: type, replacing: value, at: place)
    } else {
      let text = "expected an image that mail programs show (png, jpg, gif, webp), got `\(path)`"
      findings.append(.error(text, at: place))
    }
  }

  private mutating func add(
    _ path: String, type: String, replacing value: Range<Int>, at place: TemplatePlace
  ) {
    guard let bytes = files.contents[path] else {
      let known = files.contents.keys.filter { InlineImages.mediaType(of: $0.string) != nil }
      let meant = Suggestion.nearest(to: path, among: known)
      findings.append(
        .error("no image `\(path)` in the templates folder\(hint(meant))", at: place))
      return
    }
    guard bytes.count <= TemplateFiles.imageLimit else {
      let text =
        "expected an image of at most \(TemplateFiles.imageLimit / 1024) KB, got \(bytes.count / 1024) KB"
      findings.append(.error(text, at: place))
      return
    }
    // Named by its content: the same image in layout and letter travels once.
    let contentID = Digest.short(of: bytes, length: 20) + "@kindly.image"
    replacements.append((value, "cid:" + contentID))
    if !images.contains(where: { $0.contentID == contentID }) {
      images.append(InlineImage(contentID: contentID, mediaType: type, bytes: bytes))
    }
  }

  /// Whether a `src` names a file: it has no scheme, no host, and does not begin with a value of the row.
  private static func isLocal(_ path: String) -> Bool {
    if path.isEmpty || path.hasPrefix("{{") || path.hasPrefix("//") { return false }
    let scheme = path.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    return path[scheme.endIndex...].first != ":"
  }
}

/// Names for contents: the same bytes have the same name on every machine.
enum Digest {
  /// The first hexadecimal digits of SHA-256.
  static func short(of bytes: some Sequence<UInt8>, length: Int) -> String {
    let hexadecimal = SHA256.hash(data: Array(bytes)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return String(hexadecimal.joined().prefix(length))
  }
}
