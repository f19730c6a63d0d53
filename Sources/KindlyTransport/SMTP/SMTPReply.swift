import KindlyCore

/// A server's complete answer to one command.
struct SMTPReply: Hashable, Sendable {
  /// The three digits that begin every line.
  let code: Int
  /// RFC 3463's finer code, `5.1.1`, where the server gives one that agrees with the first digit.
  let enhanced: EnhancedStatus?
  /// All lines without their codes, joined by spaces; may hold an address.
  let text: String

  init(code: Int, enhanced: EnhancedStatus? = nil, text: String) {
    self.code = code
    self.enhanced = enhanced
    self.text = text
  }

  /// A reply from its lines as they came, or nil where they are not one.
  init?(lines: [String]) {
    guard let last = lines.last, let code = SMTPReply.code(of: last) else { return nil }
    let texts = lines.map { $0.dropFirst(4).trimmed }.filter { !$0.isEmpty }
    let enhanced = texts.lazy.compactMap { text in
      text.split(separator: " ").first.flatMap(EnhancedStatus.init)
    }.first { $0.group == code / 100 }
    self.init(code: code, enhanced: enhanced, text: texts.joined(separator: " "))
  }

  /// The code that begins a line, or nil where there is none.
  static func code(of line: String) -> Int? {
    let digits = line.utf8.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// The reply as one line for the operator, without addresses.
  func evidence(hiding address: String) -> String {
    Evidence.line("\(code) \(text)", hiding: address)
  }
}

/// An enhanced mail system status code, RFC 3463.
struct EnhancedStatus: Hashable, Sendable {
  /// 2 success, 4 for now, 5 for good.
  let group: Int
  let subject: Int
  let detail: Int

  init(_ group: Int, _ subject: Int, _ detail: Int) {
    self.group = group
    self.subject = subject
    self.detail = detail
  }

  init?(_ text: Substring) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.utf8.count) }),
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let group = Int(parts[0]), let subject = Int(parts[1]), let detail = Int(parts[2])
    else { return nil }
    self.init(group, subject, detail)
  }
}
