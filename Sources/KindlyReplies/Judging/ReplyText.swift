import KindlyCore

/// The text that a person wrote, without the mail that they answer and without their signature.
struct ReplyText {
  /// A colleague reads it; a longer letter is read in the mailbox.
  static let longest = 4000

  /// All that the person wrote.
  let own: String
  /// The part above the answered mail, or the part below it if nothing stands above.
  ///
  /// It alone decides whether a reply is an opt-out, because mail servers add notices at the end of a mail.
  let leading: String

  init(_ text: String) {
    let lines = ByteLines(Array(text.utf8)[...]).prefix(MailLimits.mostLines).map(\.text)
    // The answered mail divides the parts.
    var parts: [[String]] = [[]]
    var index = 0
    while index < lines.count {
      if ReplyText.isQuoted(lines[index]) {
        if parts.last?.isEmpty == false { parts.append([]) }
        index += 1
        continue
      }
      if ReplyText.isEnd(at: index, in: lines) { break }
      if let next = ReplyText.endOfAttribution(at: index, in: lines) {
        let first = lines[next...].first { !$0.trimmed.isEmpty }
        // A person may write below lines that are marked as quoted. Without marks, all the rest is quoted.
        guard let first, ReplyText.isQuoted(first) else { break }
        parts.append([])
        index = next
      } else {
        parts[parts.count - 1].append(lines[index])
        index += 1
      }
    }
    let texts = parts.map(ReplyText.withoutSignature).filter { !$0.isEmpty }
    own = ReplyText.bounded(texts.joined(separator: "\n\n"))
    leading = texts.first ?? ""
  }

  private static func withoutSignature(_ lines: [String]) -> String {
    var kept = lines[...]
    while let last = kept.last?.trimmed, last.isEmpty || isDeviceSignature(last) {
      kept.removeLast()
    }
    return kept.joined(separator: "\n").trimmed
  }

  private static func isQuoted(_ line: String) -> Bool {
    line.trimmed.utf8.first == UInt8(ascii: ">")
  }

  private static func bounded(_ text: String) -> String {
    text.utf8.count <= longest ? text : String(text.prefix(longest - 1)) + "…"
  }

  /// Whether nothing of a person's own follows: the signature begins, or the head of the answered mail.
  private static func isEnd(at index: Int, in lines: [String]) -> Bool {
    let line = lines[index]
    if line.isExactly("-- ") || line.isExactly("--") { return true }
    if isBorder(FoldedText(line)) { return true }
    // `From:` alone may be a person's. The head of a mail has several fields, and the sender is among the first ones.
    guard isField(field(line)) else { return false }
    let head = lines[index...].prefix(4).map(field).prefix(while: isField)
    return head.contains { $0.starts(withOneOf: senderFields) }
      && head.contains { $0.starts(withOneOf: otherFields) }
  }

  /// A line of a mail's head. Programs that make plain text of HTML write `*From:* Care`.
  private static func field(_ line: String) -> FoldedText {
    FoldedText(String(line.trimmed.unicodeScalars.drop { $0 == "*" }))
  }

  private static func isField(_ line: FoldedText) -> Bool {
    line.starts(withOneOf: senderFields) || line.starts(withOneOf: otherFields)
  }

  /// `-----Original Message-----`, or the line that Outlook draws.
  private static func isBorder(_ line: FoldedText) -> Bool {
    if line.bytes.count >= 20, line.bytes.allSatisfy({ $0 == 0x5F }) { return true }
    guard line.starts(withOneOf: ["--", "__", "begin forwarded", "=="]) else { return false }
    // QQ Mail and Foxmail in English, which write the blanks beside the word as `&nbsp;`.
    if line.bytes.suffix(5).elementsEqual("-----".utf8), line.holds(oneOf: ["original"]) {
      return true
    }
    return line.holds(oneOf: [
      "original message", "forwarded message", "ursprüngliche nachricht", "original-nachricht",
      "weitergeleitete nachricht", "message d'origine", "message original", "message transféré",
      "mensaje original", "mensaje reenviado", "原始邮件", "原邮件", "轉寄", "转发邮件", "原始郵件",
      "元のメッセージ", "転送", "begin forwarded message", "messaggio originale",
    ])
  }

  private static let attributionStarts = [
    "on ", "am ", "le ", "el ", "在", "于", "il ", "em ", "op ", "20", "19",
  ]
  private static let attributionEnds = [
    "wrote:", "schrieb:", "schrieb :", "a écrit :", "a écrit:", "escribió:", "escribió :", "写道:",
    "写道：", "寫道:", "のメール:", "wrote :",
    "ha scritto:", "escreveu:", "書きました:", "schreef:", "writes:", "さんは書きました:",
  ]

  /// The index of the line behind the attribution that begins at an index; nil if none begins there.
  private static func endOfAttribution(at index: Int, in lines: [String]) -> Int? {
    let line = lines[index]
    let folded = FoldedText(line)
    if isAttribution(folded) { return index + 1 }
    // An attribution may be broken over two lines; then the second one ends it.
    guard index + 1 < lines.count, line.utf8.count < 200,
      folded.starts(withOneOf: attributionStarts),
      isAttribution(FoldedText(line + " " + lines[index + 1]))
    else { return nil }
    return index + 2
  }

  /// `On 3 May 2026, Care wrote:`
  private static func isAttribution(_ line: FoldedText) -> Bool {
    guard line.bytes.count < 400 else { return false }
    if attributionEnds.contains(where: { line.bytes.suffix($0.utf8.count).elementsEqual($0.utf8) })
    {
      return true
    }
    // `Am 3. Mai 2026 um 10:00 schrieb Care:`, and Gmail in Japanese, which ends with the address.
    return line.bytes.last == UInt8(ascii: ":")
      && (line.holds(oneOf: [">:"])
        || line.starts(withOneOf: attributionStarts)
          && line.holds(oneOf: ["schrieb ", "a écrit", "escribió", "写道", "wrote"]))
  }

  private static let senderFields = [
    "from:", "von:", "de:", "de :", "发件人:", "寄件者:", "差出人:", "da:", "from :",
  ]
  private static let otherFields = [
    "sent:", "date:", "to:", "gesendet:", "an:", "envoyé", "à:", "à :", "enviado", "para:", "发送时间:",
    "收件人:", "送信日時:", "宛先:", "日時:", "date :", "日期:", "fecha:", "datum:", "时间:",
    "subject:", "betreff:", "objet:", "objet :", "asunto:", "oggetto:", "主题:", "主題:", "件名:",
  ]

  /// The line that a telephone puts below each mail.
  static func isDeviceSignature(_ line: String) -> Bool {
    let folded = FoldedText(line)
    return folded.bytes.count < 120
      && folded.starts(withOneOf: [
        "sent from my", "sent from mail for", "sent from outlook", "get outlook for",
        "von meinem iphone", "von meinem ipad", "gesendet von", "gesendet mit",
        "diese nachricht wurde von meinem", "envoyé de mon", "envoyé depuis", "envoyé à partir",
        "enviado desde", "发自我的", "从我的iphone", "從我的", "发送自", "iphoneから送信",
        "ipadから送信", "androidから送信", "inviato da", "outlook for",
      ])
  }
}
