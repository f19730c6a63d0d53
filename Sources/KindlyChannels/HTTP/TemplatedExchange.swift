import KindlyConfig
import KindlyCore
import KindlyTransport

/// What an `http` channel asks and how it reads the answer: the request's texts, and a list of tests for each meaning.
struct TemplatedExchange: Hashable, Sendable {
  struct Header: Hashable, Sendable {
    let name: String
    let value: HTTPTemplates.Template
  }

  let method: String
  let url: HTTPTemplates.Template
  let headers: [Header]
  let body: HTTPTemplates.Template?
  let tests: [Meaning: [AnswerTest]]
  /// Where the JSON of an answer says for how many seconds the service wants to be left alone.
  let retryAfter: String?

  /// What an answer may mean, in the order in which the tests are made.
  enum Meaning: String, CaseIterable, Sendable {
    case sent = "sent if"
    case alreadySent = "already sent if"
    case retry = "retry if"
    case rejected = "rejected if"
    case misconfigured = "misconfigured if"
  }

  private static let contentType = "Content-Type"
  private static let standardMediaType = "application/json"

  /// Reads the keys; nil where they make no exchange, and the errors are in `fields`.
  init?(
    _ fields: inout Fields, _ http: HTTPSettings, secrets: Set<ExactText>, methods: [String]
  ) {
    let method = fields.value("method", methods.joined(separator: ", ")) { text in
      methods.first { $0 == text.uppercased() }
    }
    // The tags are no part of the URL's form; what they stand for is escaped.
    let example = "`https://push.example.com/message`"
    let urlText = fields.requiredText("url", example)
    let url = urlText.flatMap { text -> HTTPTemplates.Template? in
      guard http.accepts(text, example, &fields) else { return nil }
      if HTTPURL.authority(of: text.string).contains("{") {
        // Otherwise the customer's row would decide where messages and secrets go.
        text.refuse("expected `url` to have no tags in its host, got \(text.shape)")
        return nil
      }
      return TemplatedExchange.template(text, .url, secrets)
    }
    let written = fields.textMap("headers") ?? []
    var headers: [Header] = []
    for (name, text) in written {
      guard TemplatedExchange.isToken(name) else {
        text.refuse("expected `headers` to have the names of HTTP headers, got `\(name)`")
        continue
      }
      if let value = TemplatedExchange.template(text, .header, secrets) {
        headers.append(Header(name: name, value: value))
      }
    }
    let mediaType = written.first { $0.name.lowercased() == "content-type" }?.text.string
    let place = HTTPTemplates.Place(
      mediaType: mediaType ?? TemplatedExchange.standardMediaType)
    let bodyText = fields.text("body")
    let escapesMarkup = fields.value("escape markup", "yes or no", Notation.flag) ?? false
    let body = bodyText.flatMap {
      TemplatedExchange.template($0, place, secrets, escapesMarkup: escapesMarkup)
    }
    if let bodyText, let body, place == .json, !TemplatedExchange.isJSON(body, secrets) {
      bodyText.refuse(
        "expected `body` to be JSON once its tags are filled, got invalid JSON; put each tag such as {{text}} inside"
          + " quotes")
    }
    tests = TemplatedExchange.tests(&fields)
    retryAfter = fields.text("retry after")?.string
    guard let url else { return nil }
    self.method = method ?? (body == nil ? "GET" : "POST")
    self.url = url
    if body != nil, mediaType == nil,
      // Losing the error is right: a text without tags can always be filled.
      let value = try? HTTPTemplates.Template(
        TemplatedExchange.standardMediaType, at: .header, secrets: [])
    {
      headers.append(Header(name: TemplatedExchange.contentType, value: value))
    }
    self.headers = headers
    self.body = body
  }

  private static func tests(_ fields: inout Fields) -> [Meaning: [AnswerTest]] {
    var tests: [Meaning: [AnswerTest]] = [:]
    for meaning in Meaning.allCases {
      let texts = fields.texts(meaning.rawValue) ?? []
      tests[meaning] = texts.compactMap { $0.value(AnswerTest.example, AnswerTest.init) }
    }
    return tests
  }

  private static func template(
    _ text: Text, _ place: HTTPTemplates.Place, _ secrets: Set<ExactText>,
    escapesMarkup: Bool = false
  ) -> HTTPTemplates.Template? {
    do throws(HTTPTemplates.Unreadable) {
      return try HTTPTemplates.Template(
        text.string, at: place, secrets: secrets, escapesMarkup: escapesMarkup)
    } catch {
      text.refuse("expected `\(text.key)` to have tags that can be filled, but \(error)")
      return nil
    }
  }

  /// Whether a body is JSON when it is filled with texts that need escapes.
  private static func isJSON(_ body: HTTPTemplates.Template, _ secrets: Set<ExactText>) -> Bool {
    let text = body.text(
      .sample, Dictionary(uniqueKeysWithValues: secrets.map { ($0, Secret("x")) }))
    return JSONAnswer(bytes: Array(text.utf8)) != nil
  }

  /// RFC 9110, 5.6.2.
  private static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

extension TemplatedExchange {
  /// The request for a message.
  func request(_ letter: HTTPLetter, _ secrets: [ExactText: Secret]) -> HTTPRequest {
    HTTPRequest(
      method, url: url.text(letter, secrets),
      headers: headers.map { HTTPRequest.Header($0.name, $0.value.text(letter, secrets)) },
      body: body.map { Array($0.text(letter, secrets).utf8) } ?? (method == "GET" ? nil : []))
  }

  /// The first meaning of which a test holds.
  func meaning(of answer: HTTPAnswer, _ json: JSONAnswer?) -> Meaning? {
    Meaning.allCases.first { meaning in
      tests[meaning]?.contains { $0.holds(for: answer, json) } == true
    }
  }

  /// Whether the URL holds a value of the message, and not only the channel's secrets.
  var urlNamesCustomer: Bool {
    url.source.split(separator: "{{").dropFirst().contains { !$0.trimmed.hasPrefix("secret.") }
  }

  /// Whether `sent if` decides what counts as success, instead of any status from 200 to 299.
  var saysWhatIsSent: Bool { tests[.sent]?.isEmpty == false }
}

extension HTTPLetter {
  /// A message with the texts that break a body whose tags stand in the wrong place.
  fileprivate static let sample = HTTPLetter(
    Delivery(
      publicID: "k3f9", messageID: "k3f9@example.com", rule: "rule", messageClass: .care,
      about: "42", recipient: Recipient(key: "42", name: "A \"B\" C", address: "a@example.com"),
      message: Message(
        subject: "\"a\" \\ b", html: "<p title=\"x\">a</p>", text: "line\nline \"b\"",
        shortText: "short"), attempt: 1, date: Instant(seconds: 0)),
    to: "a@example.com", on: "")
}
