import KindlyCore

/// Finds the public ids of the reminders that a mail may be about, the most certain first.
///
/// A public id has 100 bits that nobody can guess, so it also proves that the mail's sender has seen the message: its
/// recipient, their mail server, or whoever they forwarded it to.
enum ReminderReferences {
  /// The headers in which servers write the envelope's recipient.
  private static let recipients: [StaticString] = [
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc",
  ]

  static func found(in mail: IncomingMail, isBounce: Bool) -> [String] {
    var found: [String] = []
    func add(_ id: String?) {
      if let id, !found.containsExactly(id), found.count < MailLimits.mostReferences {
        found.append(id)
      }
    }
    // The address that the bounce came to, with the id in it.
    for value in recipients.flatMap(mail.headers.all) {
      for address in MailAddresses.found(in: value[...], atMost: 10) { add(tag(of: address)) }
    }
    for value in mail.headers.all("in-reply-to") { ids(in: value[...], isNewestLast: true, add) }
    for value in mail.headers.all("references") { ids(in: value[...], isNewestLast: true, add) }
    guard isBounce else { return found }
    for headers in mail.enclosedHeaders {
      for value in headers.all("x-kindly-id") { add(id(value.trimmedBlanks)) }
      for value in headers.all("message-id") { ids(in: value[...], isNewestLast: true, add) }
    }
    // Bounces without MIME repeat the headers in their text.
    for leaf in mail.leaves where leaf.type.exactlyStarts(with: "text/") {
      ids(in: Array(leaf.text.utf8)[...], isNewestLast: false, add)
    }
    return found
  }

  /// `care+ID@example.com`
  private static func tag(of address: String) -> String? {
    let local = address.utf8.prefix { $0 != UInt8(ascii: "@") }
    guard let plus = local.lastIndex(of: UInt8(ascii: "+")) else { return nil }
    return id(Array(local[local.index(after: plus)...])[...])
  }

  /// The ids before an `@`, `ID@example.com`.
  private static func ids(
    in bytes: ArraySlice<UInt8>, isNewestLast: Bool, _ add: (String?) -> Void
  ) {
    var ids: [String] = []
    var rest = bytes
    while let sign = rest.firstIndex(of: 0x40), ids.count < MailLimits.mostReferences * 10 {
      let length = PublicIdentity.length
      if sign - rest.startIndex >= length, let id = id(bytes[(sign - length)..<sign]) {
        let isWhole = sign - length == bytes.startIndex || !bytes[sign - length - 1].isOfIDs
        if isWhole { ids.append(id) }
      }
      rest = rest[(sign + 1)...]
    }
    for id in isNewestLast ? ids.reversed() : ids { add(id) }
  }

  /// A public id in small letters; nil where the bytes are none. Some servers change the case of addresses.
  private static func id(_ bytes: ArraySlice<UInt8>) -> String? {
    let lowered = bytes.map(\.lowered)
    guard lowered.count == PublicIdentity.length, lowered.allSatisfy(\.isOfIDs) else { return nil }
    return String(decoding: lowered, as: UTF8.self)
  }
}

extension UInt8 {
  /// Whether it may stand in a public id: a letter, or a digit from 2 to 7.
  fileprivate var isOfIDs: Bool {
    (0x61...0x7A).contains(lowered) || (0x32...0x37).contains(self)
  }
}
