import KindlyCore

/// Decodes `mailbox:`, where replies and bounces are read.
struct MailboxDecoder {
  let findings: Findings
  let channels: [ChannelSettings]
  /// Every name that was written, also where the channel turned out to be wrong.
  let channelNames: [String]
  /// RFC 3501 allows longer names; no mailbox has one.
  private static let longestFolder = 200

  func mailbox(_ item: Item) -> MailboxSettings? {
    guard var fields = Fields(item, what: "mailbox", findings: findings) else { return nil }
    defer { fields.finish() }
    let server: IMAPServer? = fields.mailServer(
      "`imaps://imap.example.com`", expected: "imaps:// or imap://")
    let user = fields.requiredText("user", "the name to log in with")?.string
    let password = fields.requiredSecret("password", "the mailbox's password")
    let isPlain = fields.isPlain(server)
    let caFile = fields.value("ca file", "an absolute path", Notation.absolutePath)
    let folder = fields.value(
      "folder", "the name of a folder, such as INBOX", MailboxDecoder.folder)
    let poll = fields.value("poll", "a time from 10s to 24h") {
      Notation.duration($0, in: MailboxSettings.polls)
    }
    let done = fields.value("done", "`flag NAME` or `move to FOLDER`", MailboxDecoder.mark)
    let optOut = optOut(&fields)
    let replies = replies(&fields)
    guard let server, let user, let password else { return nil }
    if isPlain { fields.warnOfPlainPassword(to: server) }
    if case .move(let target)? = done, target.isExactly(folder ?? MailboxSettings.standardFolder) {
      findings.error(
        "expected `done` to move mails to another folder, got the one that is read", at: item.spot)
    }
    return MailboxSettings(
      server: server, isPlain: isPlain, user: user, password: password, caFile: caFile,
      folder: folder ?? MailboxSettings.standardFolder, poll: poll ?? MailboxSettings.standardPoll,
      done: done, optOut: optOut, replies: replies, place: item.spot.place)
  }

  private func replies(_ fields: inout Fields) -> ReplyTasks {
    guard let text = fields.text("replies") else { return .standard }
    let name = text.string
    if name.isExactly("nothing") { return .nothing }
    let known = channels.first { $0.name.isExactly(name) }
    if known.map({ !$0.type.traits.isForColleagues }) ?? !channelNames.containsExactly(name) {
      let tasks = channels.filter(\.type.traits.isForColleagues).map(\.name)
      text.refuse(
        "expected `replies` to be `nothing` or the name of a channel of type task, got \(text.shape)"
          + (tasks.isEmpty ? "; none is configured" : Suggestion.text(for: name, among: tasks)))
      return .nothing
    }
    return .over(channel: name)
  }

  private func optOut(_ fields: inout Fields) -> [OptOutLanguage] {
    guard let texts = fields.texts("opt out") else { return OptOutLanguage.allCases }
    let words = OptOutLanguage.allCases.map(\.rawValue).joined(separator: ", ")
    return texts.compactMap { text in
      text.value("one of \(words), or a list of them", OptOutLanguage.init)
    }
  }

  private static func folder(_ text: String) -> String? {
    let isFit =
      (1...longestFolder).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { !$0.isUnseen }
    return isFit ? text : nil
  }

  /// The flags that IMAP itself defines, except those that delete a mail or mean nothing here; RFC 3501, 2.3.2.
  private static let systemFlags = ["seen", "flagged", "answered"]

  private static func mark(_ text: String) -> MailMark? {
    if text.exactlyStarts(with: "move to ") {
      return folder(String(text.dropFirst("move to ".count))).map { .move($0) }
    }
    guard text.exactlyStarts(with: "flag ") else { return nil }
    let name = String(text.dropFirst("flag ".count))
    let bare = name.utf8.first == UInt8(ascii: "\\") ? String(name.dropFirst()) : name
    if systemFlags.containsExactly(bare.lowercased()) { return .flag("\\" + bare.capitalizedWord) }
    let isKeyword =
      (1...50).contains(name.utf8.count)
      && name.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil
            || "$-_".unicodeScalars.contains($0))
      }
    return isKeyword ? .flag(name) : nil
  }
}

extension String {
  /// The word with a capital and small letters behind it.
  fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
