import KindlyCore

/// A mail as it was read: its header fields and its parts in one list; RFC 2045 to 2049.
///
/// Reading never fails. What is broken, nested too deeply or too long is left out, because anyone may send anything.
package struct IncomingMail {
  let headers: MailHeaders
  /// The parts that hold no parts, in their order.
  let leaves: [Leaf]

  /// A part of a mail that holds no other part.
  struct Leaf {
    let headers: MailHeaders
    /// In small letters: `text/plain`.
    let type: String
    let charset: String?
    /// The bytes as they were transported.
    let body: ArraySlice<UInt8>
    /// Whether the part belongs to another mail, which this mail encloses: the one that bounced, or a forwarded one.
    let isEnclosed: Bool
    let isAttachment: Bool
  }

  /// Reads a mail; bytes beyond `MailLimits.mostBytes` are ignored.
  package init(_ bytes: [UInt8]) {
    let (headers, body) = MailHeaders.read(bytes.prefix(MailLimits.mostBytes))
    var walk = MIMEWalk()
    walk.enter(headers, body, standard: "text/plain", depth: 0, isEnclosed: false)
    self.headers = headers
    leaves = walk.leaves
  }

  /// The value of `Content-Type`, in small letters and without parameters.
  var type: String { MIMEWalk.type(of: headers)?.value ?? "text/plain" }

  /// What the mail itself says, without attachments and enclosed mails: its plain text or, if that is blank, the text
  /// of its HTML.
  var text: String {
    let own = leaves.filter { !$0.isEnclosed && !$0.isAttachment }
    let plain = joined(own.filter { $0.type.isExactly("text/plain") }.map(\.text))
    if !plain.trimmed.isEmpty { return plain }
    let html = own.filter { $0.type.isExactly("text/html") }
    return joined(html.map { HTMLText.plain($0.text) })
  }

  private func joined(_ texts: [String]) -> String {
    var text = ""
    for next in texts where text.utf8.count < MailLimits.mostText { text += next + "\n" }
    return text
  }

  /// The header fields of the mails that this mail encloses.
  var enclosedHeaders: [MailHeaders] {
    leaves.filter(\.isEnclosed).compactMap { leaf in
      switch leaf.type {
      case "text/rfc822-headers", "message/rfc822-headers":
        MailHeaders.read(leaf.body.drop(while: \.isLineEnd)).headers
      case MIMEWalk.enclosure: leaf.headers
      default: nil
      }
    }
  }
}

extension IncomingMail.Leaf {
  var text: String {
    let bytes = TransferEncoding(headers).decoded(body, atMost: MailLimits.mostText)
    return Charset.text(bytes, labelled: charset)
  }
}

/// Walks through the parts of a mail, within bounds.
struct MIMEWalk {
  private(set) var leaves: [IncomingMail.Leaf] = []
  private var count = 0

  /// The type under which the header fields of an enclosed mail become a leaf of their own.
  static let enclosure = "message/rfc822"

  static func type(of headers: MailHeaders) -> ParameterizedValue? {
    guard let raw = headers.first("content-type") else { return nil }
    let value = ParameterizedValue(raw)
    return value.value.utf8.contains(UInt8(ascii: "/")) ? value : nil
  }

  /// Takes one part, and the parts inside it.
  mutating func enter(
    _ headers: MailHeaders, _ body: ArraySlice<UInt8>, standard: String, depth: Int,
    isEnclosed: Bool
  ) {
    guard count < MailLimits.mostParts else { return }
    count += 1
    let type = MIMEWalk.type(of: headers)
    let name = type?.value ?? standard
    if name.exactlyStarts(with: "multipart/"), let boundary = type?["boundary"], !boundary.isEmpty {
      guard depth < MailLimits.mostDepth else { return }
      let inner = name.isExactly("multipart/digest") ? MIMEWalk.enclosure : "text/plain"
      for piece in MIMEWalk.pieces(of: body, boundary: boundary) {
        let (headers, body) = MailHeaders.read(piece)
        enter(headers, body, standard: inner, depth: depth + 1, isEnclosed: isEnclosed)
      }
    } else if name.isExactly(MIMEWalk.enclosure) || name.isExactly("message/global") {
      guard depth < MailLimits.mostDepth else { return }
      let start = body.drop { $0.isLineEnd }
      let (inner, rest) = MailHeaders.read(start)
      add(inner, MIMEWalk.enclosure, nil, start.prefix(0), isEnclosed: true)
      enter(inner, rest, standard: "text/plain", depth: depth + 1, isEnclosed: true)
    } else {
      let isHeaders =
        name.isExactly("text/rfc822-headers") || name.isExactly("message/rfc822-headers")
      add(
        headers, name, type?["charset"].map { $0[...].text }, body,
        isEnclosed: isEnclosed || isHeaders)
    }
  }

  private mutating func add(
    _ headers: MailHeaders, _ type: String, _ charset: String?, _ body: ArraySlice<UInt8>,
    isEnclosed: Bool
  ) {
    leaves.append(
      IncomingMail.Leaf(
        headers: headers, type: type, charset: charset, body: body, isEnclosed: isEnclosed,
        isAttachment: headers.field("content-disposition", startsWith: "attachment")))
  }

  /// The bytes between the boundary's lines. The last piece may lack its end, because the mail was cut.
  private static func pieces(
    of body: ArraySlice<UInt8>, boundary: [UInt8]
  ) -> [ArraySlice<UInt8>] {
    let mark = Array("--".utf8) + boundary
    var pieces: [ArraySlice<UInt8>] = []
    var start: Int?
    var lines = ByteLines(body)
    var position = lines.position
    while let line = lines.next(), pieces.count < MailLimits.mostParts {
      let begin = position
      position = lines.position
      guard line.starts(with: mark) else { continue }
      let rest = line.dropFirst(mark.count).trimmedBlanks
      guard rest.isEmpty || rest.starts(with: "--".utf8) else { continue }
      if let start { pieces.append(body[start..<max(start, begin)]) }
      start = position
      if !rest.isEmpty { return pieces }
    }
    if let start, start < body.endIndex, pieces.count < MailLimits.mostParts {
      pieces.append(body[start...])
    }
    return pieces
  }
}
