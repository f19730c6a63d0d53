import KindlyCore
import KindlyTransport

/// Looks for an earlier message in the list of messages to its recipient.
///
/// A message is ours if it was created since the first unanswered hand-over and has the same text. The sender is not
/// compared: Twilio may replace it, and the configuration may have changed. Two reminders with the same text to the same
/// number at the same time cannot be told apart, so one message stands for both. Source: Twilio documentation, "Read
/// multiple Message resources".
extension Twilio: AnsweringService {
  /// How far Twilio's clock and this machine's may differ.
  static let clockMargin = Duration.minutes(5)
  /// Messages on a page: as many as fit into an answer if all have the longest text, written with escapes.
  static let pageSize = 20

  /// The list is not limited to a date: that would be the date of sending, which a queued message does not have yet.
  func question(about send: EarlierSend) -> HTTPRequest? {
    guard let letter = PayloadJSON.value(Letter.self, from: send.payload) else { return nil }
    let query = PercentEncoding.form([("To", letter.to), ("PageSize", String(Twilio.pageSize))])
    return list("\(messages)?\(query)")
  }

  private func list(_ path: String) -> HTTPRequest {
    HTTPRequest("GET", url: url + path, headers: [authorization])
  }

  func finding(in answer: HTTPAnswer, about send: EarlierSend) -> Finding {
    guard answer.status == 200, let letter = PayloadJSON.value(Letter.self, from: send.payload),
      let json = JSONAnswer(answer), case .list(let listed)? = json.node("messages")
    else { return .decided(.unknown(answer.withoutLetters.evidence)) }
    for index in listed.indices {
      switch likeness(of: index, in: json, to: letter, since: send.earliest) {
      case .same(let evidence): return .decided(.sent(evidence: evidence))
      case .other: break
      case .doubtful(let text): return .decided(.unknown(text))
      }
    }
    guard let next = json.text("next_page_uri") else { return .decided(.absent) }
    guard next.hasPrefix(messages + "?") else {
      return .decided(.unknown("the next page of the list of messages is at an unexpected address"))
    }
    return .more(list(next))
  }

  private enum Likeness {
    case same(evidence: String)
    case other
    case doubtful(String)
  }

  private func likeness(
    of index: Int, in json: JSONAnswer, to letter: Letter, since earliest: Instant
  ) -> Likeness {
    func field(_ name: String) -> String? { json.text("messages.\(index).\(name)") }
    guard let sid = field("sid"), let created = field("date_created").flatMap(HeaderDate.instant)
    else {
      return .doubtful("the list has a message without `sid` or `date_created`")
    }
    guard created + Twilio.clockMargin >= earliest else { return .other }
    // An account may have the texts of its messages deleted.
    guard let text = field("body"), !text.isEmpty else {
      return .doubtful("the list has message \(sid) from that time, but without its text")
    }
    guard TwilioText.isSame(text, as: letter.text) else { return .other }
    let words = ["asked: \(sid)", field("status"), field("error_code")].compactMap { $0 }
    return .same(evidence: words.joined(separator: " "))
  }
}

/// Compares a text with the one that Twilio lists.
enum TwilioText {
  /// Whether a listed text is the one that was handed over.
  ///
  /// Only letters and digits count, because Smart Encoding replaces quotes, dashes and blanks. A trial account puts words
  /// before the text.
  static func isSame(_ listed: String, as text: String) -> Bool {
    let wanted = essence(text)
    guard !wanted.isEmpty else { return listed.trimmed.isExactly(text.trimmed) }
    return essence(listed).reversed().starts(with: wanted.reversed())
  }

  private static func essence(_ text: String) -> [Unicode.Scalar] {
    text.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil }
  }
}

extension HTTPAnswer {
  /// The answer without a body that repeats numbers and texts of messages, as each of Twilio's answers of success does.
  var withoutLetters: HTTPAnswer {
    isSuccess
      ? HTTPAnswer(status: status, headers: headers, isWhole: isWhole) : self
  }
}
