import KindlyCore
import KindlyTransport

/// What a provider's error codes mean.
struct CodeTable: Sendable {
  enum Meaning: Hashable, Sendable {
    /// The provider has taken this message before.
    case alreadySent
    /// This recipient may be served later; with a wait that the provider's documentation names.
    case retry(after: Duration? = nil)
    /// Nobody is served for now: the provider is overloaded, or a quota is used up.
    case channelRetry(after: Duration? = nil)
    /// This recipient cannot be served; `suppresses` says whether to suppress the address from now on.
    case rejected(suppresses: Bool = true)
    /// The provider does not accept this message, so a person has to change it; other messages are still sent.
    case badMessage
    /// Nobody is served until a person changes something.
    case misconfigured
  }

  /// A line of the table. A code that ends in `*` stands for all that begin like it.
  struct Row: Sendable {
    let codes: [String]
    let meaning: Meaning
    /// What the operator can do about it; empty where nothing is to be done.
    let advice: String

    init(_ codes: [String], _ meaning: Meaning, _ advice: String = "") {
      self.codes = codes
      self.meaning = meaning
      self.advice = advice
    }
  }

  let rows: [Row]

  init(_ rows: [Row]) { self.rows = rows }

  /// The line of a code: the one that names it, else the one with the longest matching beginning.
  func row(of code: String) -> Row? {
    if let exact = rows.first(where: { $0.codes.containsExactly(code) }) { return exact }
    let matches = rows.flatMap { row in
      row.codes.filter { $0.last == "*" && code.utf8.starts(with: $0.dropLast().utf8) }
        .map { (length: $0.utf8.count, row: row) }
    }
    return matches.max { $0.length < $1.length }?.row
  }

  /// The outcome of an answer whose JSON holds a code at a path, of which one means success.
  ///
  /// - Parameter asked: how long the provider asks to be left alone, if it says so elsewhere than in `Retry-After`.
  func outcome(
    of answer: HTTPAnswer, codeAt path: String, success: String, asked: Duration? = nil,
    at now: Instant
  ) -> Outcome {
    guard let code = JSONAnswer(answer)?.text(path) else { return answer.notJSON(at: now) }
    return code.isExactly(success)
      ? answer.acceptance
      : outcome(of: code, in: answer, asked: asked, at: now)
  }

  /// The outcome of an answer with an error code.
  ///
  /// An unknown code is no success, and nobody's address is blamed for it. If the status says that the provider fails
  /// for now, the status decides. Otherwise the reminder waits, and a few different recipients in a row close the
  /// channel.
  ///
  /// - Parameters:
  ///   - said: the provider's own words, with the code; nil for the answer's evidence.
  ///   - asked: how long the provider asks to be left alone, if it says so elsewhere than in `Retry-After`.
  func outcome(
    of code: String, in answer: HTTPAnswer, said: String? = nil, asked: Duration? = nil,
    at now: Instant
  ) -> Outcome {
    let said = said ?? answer.evidence
    guard let row = row(of: code) else {
      return answer.isTemporary
        ? answer.refusal(at: now, asked: asked)
        : .misconfigured(
          Refusal("\(said); Kindly does not know this code; see the provider's documentation"))
    }
    let wait = asked ?? answer.retryAfter(now: now)
    let text = row.advice.isEmpty ? said : "\(said); \(row.advice)"
    switch row.meaning {
    case .alreadySent: return .sent(evidence: "taken before: \(said)")
    case .retry(let after): return .retry(Refusal(text, retryAfter: wait ?? after))
    case .channelRetry(let after):
      return .retry(Refusal(text, retryAfter: wait ?? after, isChannelWide: true))
    case .rejected(let suppresses):
      return .rejected(Refusal(text, suppressesAddress: suppresses, isRepeatable: true))
    case .badMessage: return .misconfigured(Refusal(text))
    case .misconfigured: return .misconfigured(Refusal(text, isChannelWide: true))
    }
  }
}
