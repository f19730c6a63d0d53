import KindlyCore

extension ControlLine {
  /// A reply as one line of at most so many bytes. A text that is too long for that loses its end, and says so.
  static func encode(_ reply: ControlReply, limit: Int) throws(ControlError) -> [UInt8] {
    let whole = try encode(reply)
    guard whole.count > limit, let text = reply.text else { return whole }
    let scalars = Array(text.unicodeScalars)
    // How much of a text fits depends on how many of its characters JSON escapes, so it is tried.
    var longest = try encode(reply.telling(cut(scalars, to: 0)))
    var (fitting, tooMany) = (0, scalars.count)
    while tooMany - fitting > 1 {
      let middle = (fitting + tooMany) / 2
      let line = try encode(reply.telling(cut(scalars, to: middle)))
      if line.count <= limit { (fitting, longest) = (middle, line) } else { tooMany = middle }
    }
    return longest
  }

  /// The whole lines within the first scalars of a text, and how many are left out.
  private static func cut(_ text: [Unicode.Scalar], to count: Int) -> String {
    let end = text[..<count].lastIndex(of: "\n")
    let left = text[(end ?? count)...].count(where: { $0 == "\n" })
    var kept = String.UnicodeScalarView(text[..<(end ?? count)])
    if end == nil { kept.append("…") }
    guard left > 0 else { return String(kept) }
    return """
      \(String(kept))
      … and \(counted(left, "more line")); for errors in the configuration, run `kindly check`
      """
  }
}

extension ControlReply {
  /// The text that people read; nil where a program reads the reply.
  fileprivate var text: String? {
    switch self {
    case .ok(let text, _), .refused(let text): text
    case .standing: nil
    }
  }

  /// The same reply with another text.
  fileprivate func telling(_ text: String) -> ControlReply {
    switch self {
    case .ok(_, let count): .ok(text: text, count: count)
    case .refused: .refused(text: text)
    case .standing: self
    }
  }
}
