import KindlyCore

/// The text that a person wrote, without the mail that they answer and without their signature.
enum ReplyText {
  /// A colleague reads it; a longer letter is read in the mailbox.
  static let longest = 4000

  static func own(_ text: String) -> String {
    var kept: [String] = []
    let lines = ByteLines(Array(text.utf8)[...]).prefix(MailLimits.mostLines).map(\.text)
    for (index, line) in lines.enumerated() {
      if isEnd(at: index, in: lines) { break }
      if line.trimmed.utf8.first == UInt8(ascii: ">") { continue }
      kept.append(line)
    }
    while let last = kept.last?.trimmed, last.isEmpty || isDeviceSignature(last) {
      kept.removeLast()
    }
    return bounded(kept.joined(separator: "\n").trimmed)
  }

  private static func bounded(_ text: String) -> String {
    text.utf8.count <= longest ? text : String(text.prefix(longest - 1)) + "…"
  }

  /// Whether nothing of a person's own follows: the signature or the answered mail begins.
  private static func isEnd(at index: Int, in lines: [String]) -> Bool {
    let line = lines[index]
    if line.isExactly("-- ") || line.isExactly("--") { return true }
    let folded = FoldedText(line)
    if isBorder(folded) { return true }
    if isAttribution(folded) { return true }
    // An attribution may be broken over two lines; then the second one ends it.
    if index + 1 < lines.count, line.utf8.count < 200, folded.starts(withOneOf: attributionStarts) {
      return isAttribution(FoldedText(line + " " + lines[index + 1]))
    }
    // `From:` alone may be a person's; the header of a mail goes on in the next line.
    return folded.starts(withOneOf: senderFields) && index + 1 < lines.count
      && FoldedText(lines[index + 1]).starts(withOneOf: otherFields)
  }

  /// `-----Original Message-----`, or the line that Outlook draws.
  private static func isBorder(_ line: FoldedText) -> Bool {
    if line.bytes.count >= 20, line.bytes.allSatisfy({ $0 == 0x5F }) { return true }
    guard line.starts(withOneOf: ["--", "__", "begin forwarded", "=="]) else { return false }
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
    "from:", "von:", "de:", "de :", "发件人:", "寄件者:", "差出人:", "da:", "*from:*", "from :",
  ]
  private static let otherFields = [
    "sent:", "date:", "to:", "gesendet:", "an:", "envoyé", "à:", "à :", "enviado", "para:", "发送时间:",
    "收件人:", "送信日時:", "宛先:", "日時:", "date :", "日期:", "*sent:*", "fecha:", "datum:", "时间:",
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
