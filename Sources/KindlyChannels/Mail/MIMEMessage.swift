import Foundation
package import KindlyCore

/// The sender of a channel's mail.
package struct MailSender: Hashable, Sendable {
  package let from: Mailbox
  package let replyTo: Mailbox?
  /// The zone of the `Date` header.
  package let zone: Zone

  package init(from: Mailbox, replyTo: Mailbox? = nil, zone: Zone = .utc) {
    self.from = from
    self.replyTo = replyTo
    self.zone = zone
  }
}

/// A delivery as an internet message (RFC 5322, 2045 to 2049, 2231, 2387).
///
/// The same delivery gives the same bytes: even the boundaries come from the public id.
package struct MIMEMessage: Sendable {
  package let bytes: [UInt8]

  /// Header fields that hold an id are never folded; RFC 5322 allows a line 998 characters.
  private static let longestID = 200

  /// The message, or what in the delivery cannot be put into one.
  package init(_ delivery: Delivery, to address: EmailAddress, from sender: MailSender)
    throws(UnfitDelivery)
  {
    try MIMEMessage.check(delivery.publicID, named: "public id")
    try MIMEMessage.check(delivery.messageID, named: "Message-ID")
    for image in delivery.message.images {
      try MIMEMessage.check(image.contentID, named: "content id of an image")
      try MIMEMessage.check(image.mediaType, named: "media type of an image")
    }
    for attachment in delivery.message.attachments {
      try MIMEMessage.check(attachment.mediaType, named: "media type of an attachment")
    }
    let header = MIMEMessage.header(of: delivery, to: address, from: sender)
    let body = MIMEMessage.body(of: delivery)
    guard header.utf8.count + body.text.utf8.count <= Payload.largest else {
      throw UnfitDelivery(
        .message,
        "the mail is \((header.utf8.count + body.text.utf8.count) / 1024) KB without attachments, and at most "
          + "\(Payload.largest / 1024) KB can be sent; use smaller images or link to them")
    }
    bytes =
      delivery.message.attachments.isEmpty
      ? Array((header + body.text).utf8) : MIMEMessage.mixed(header, body, delivery)
  }

  /// The bytes of a mail with attachments. They may be many megabytes, so they are put in place only once.
  private static func mixed(_ header: String, _ body: MIMEPart, _ delivery: Delivery) -> [UInt8] {
    let attachments = delivery.message.attachments
    let boundary = boundary("mixed", delivery)
    var bytes: [UInt8] = []
    // Base64 takes four bytes for three, and CRLF after each 76; a header takes a few lines.
    let size = attachments.reduce(0) { $0 + $1.bytes.count * 4 / 3 * 79 / 76 + 4096 }
    bytes.reserveCapacity(header.utf8.count + body.text.utf8.count + size)
    let opening = "Content-Type: multipart/mixed;\r\n boundary=\"\(boundary)\"\r\n\r\n"
    bytes += (header + opening + "--\(boundary)\r\n" + body.text).utf8
    for attachment in attachments {
      bytes += "\r\n--\(boundary)\r\n\(MIMEPart.header(of: attachment))\r\n".utf8
      bytes += BodyEncoding.base64(attachment.bytes).utf8
    }
    bytes += "\r\n--\(boundary)--\r\n".utf8
    return bytes
  }

  /// Refuses an id that would end its header field or its brackets.
  private static func check(_ id: String, named name: String) throws(UnfitDelivery) {
    let isSafe = id.utf8.allSatisfy {
      (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E && $0 != 0x22 && $0 != 0x3B
    }
    guard isSafe, (1...longestID).contains(id.utf8.count) else {
      throw UnfitDelivery(
        .message,
        "expected the \(name) to be 1 to \(longestID) printable ASCII characters without <>\"; or spaces"
      )
    }
  }

  private static func header(
    of delivery: Delivery, to address: EmailAddress, from sender: MailSender
  ) -> String {
    var header = "Date: \(MailDate.text(delivery.date, in: sender.zone))\r\n"
    header += field("From", delivery.message.from ?? sender.from)
    if let replyTo = delivery.message.replyTo ?? sender.replyTo {
      header += field("Reply-To", replyTo)
    }
    header += field("To", Mailbox(name: delivery.recipient.name, address: address))
    header += HeaderText.field("Subject", text: delivery.message.subject)
    header += "Message-ID: <\(delivery.messageID)>\r\n"
    // RFC 3834: no holiday notice should answer a machine.
    header += "Auto-Submitted: auto-generated\r\n"
    header += "X-Auto-Response-Suppress: All\r\n"
    header += "X-Kindly-Id: \(delivery.publicID)\r\n"
    return header + "MIME-Version: 1.0\r\n"
  }

  private static func field(_ name: String, _ mailbox: Mailbox) -> String {
    HeaderText.field(name, mailbox: mailbox.address.description, displayName: mailbox.name)
  }

  private static func body(of delivery: Delivery) -> MIMEPart {
    let message = delivery.message
    let plain = MIMEPart.text(message.text, subtype: "plain")
    guard let html = message.html else { return plain }
    let rich = MIMEPart.text(html, subtype: "html")
    let images = message.images.map { MIMEPart.image($0) }
    let related =
      images.isEmpty
      ? rich
      : MIMEPart.multipart(
        "related", [rich] + images, parameter: "; type=\"text/html\"",
        boundary: boundary("related", delivery))
    return .multipart(
      "alternative", [plain, related], parameter: "", boundary: boundary("alternative", delivery))
  }

  /// A line that occurs in no part: quoted-printable never writes `=_`, and base64 has no `_`.
  private static func boundary(_ kind: String, _ delivery: Delivery) -> String {
    let id = delivery.publicID.utf8.filter { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
    }
    // RFC 2046: at most 70 characters.
    return "=_kindly_\(kind)_\(String(decoding: id.prefix(48), as: UTF8.self))"
  }
}

/// One part of a message: its header fields, an empty line and its body.
private struct MIMEPart {
  let text: String

  static func text(_ text: String, subtype: String) -> MIMEPart {
    let encoding = BodyEncoding.fitting(text)
    return MIMEPart(
      text: "Content-Type: text/\(subtype); charset=utf-8\r\n"
        + "Content-Transfer-Encoding: \(encoding.rawValue)\r\n\r\n" + encoding.encode(text))
  }

  static func image(_ image: InlineImage) -> MIMEPart {
    MIMEPart(
      text: "Content-Type: \(image.mediaType)\r\n"
        + "Content-Transfer-Encoding: base64\r\n"
        + "Content-ID: <\(image.contentID)>\r\n"
        + "Content-Disposition: inline\r\n\r\n" + BodyEncoding.base64(image.bytes))
  }

  /// The header fields of a file; its body is its bytes in base64.
  static func header(of attachment: AttachedFile) -> String {
    "Content-Type: \(attachment.mediaType);\r\n \(MIMEParameter.plain("name", attachment.name))\r\n"
      + "Content-Transfer-Encoding: base64\r\n"
      + "Content-Disposition: attachment;\r\n \(MIMEParameter.exact("filename", attachment.name))\r\n"
  }

  static func multipart(
    _ subtype: String, _ parts: [MIMEPart], parameter: String, boundary: String
  ) -> MIMEPart {
    var text =
      "Content-Type: multipart/\(subtype)\(parameter);\r\n boundary=\"\(boundary)\"\r\n\r\n"
    for part in parts { text += "--\(boundary)\r\n\(part.text)\r\n" }
    return MIMEPart(text: text + "--\(boundary)--\r\n")
  }
}

/// The time as the `Date` header writes it, RFC 5322 3.3.
enum MailDate {
  private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func text(_ instant: Instant, in zone: Zone) -> String {
    // RFC 5322 writes offsets in whole minutes; zones of before 1970 alone have others.
    let offset = zone.offset(at: instant) / 60
    let wall = WallClock(instant, offset: offset * 60)
    let date = wall.date
    let day = days[date.weekday - 1]
    let sign = offset < 0 ? "-" : "+"
    let zoneText = padded(abs(offset) / 60, to: 2) + padded(abs(offset) % 60, to: 2)
    return "\(day), \(date.day) \(months[date.month - 1]) \(padded(date.year, to: 4))"
      + " \(wall.timeText) \(sign)\(zoneText)"
  }
}
