import ArgumentParser
import KindlyCore
import KindlyDesk

struct OutboxShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show everything about one reminder.",
    discussion: """
      EXAMPLES
        kindly outbox show jr3xxcfwc7dvmnd7b7hx
        kindly outbox show jr3xxcfwc7dvmnd7b7hx --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The reminder's id, or its number.")
  var id: String

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace()
    let detail = try await workplace.reading { try await $0.reminder(ReminderName(typed: id)) }
    guard let detail else {
      throw Failure(.refused, "there is no reminder \(id); `kindly outbox list` shows the ids")
    }
    if json { return try JSONOutput.print(ReminderDetailView(detail, workplace.time)) }
    for (label, text) in facts(of: detail, workplace.time) where !text.isEmpty {
      print(DisplayWidth.padded(label, to: 14) + OneLine.text(text))
    }
    for sentence in ReminderStory(detail, time: workplace.time).events { print("  " + sentence) }
  }

  private func facts(of detail: ReminderDetail, _ time: TimeText) -> [(String, String)] {
    let summary = detail.summary
    return [
      ("id", summary.publicID),
      ("rule", "\(summary.rule) (\(detail.place))"),
      ("step", "\(summary.step), \(FollowUp.words(ofLeg: summary.leg))"),
      ("row", summary.key.description),
      ("cycle", summary.cycle.description),
      ("correction of", detail.was?.text ?? ""),
      ("customer", summary.customer?.description ?? ""),
      ("class", detail.messageClass.word),
      ("state", ReminderStory.state(of: summary)),
      ("due", time(summary.due)),
      ("useful until", time(summary.useUntil)),
      ("next", time(summary.next)),
      ("decided", time(summary.decided)),
      ("channel", summary.channel ?? ""),
      ("Message-ID", detail.messageID),
      ("template", detail.templateHash ?? ""),
      ("configuration", "\(detail.configuration)"),
      ("evidence", detail.evidence ?? ""),
    ]
  }
}

extension ReminderName {
  /// A public id, or the number that another reminder's story names; a public id is longer than any number.
  init(typed text: String) {
    if text.count < ReminderName.publicIDLength, let number = Int64(text) {
      self = .id(number)
    } else {
      self = .publicID(text)
    }
  }

  private static let publicIDLength = 20
}

/// Everything about a reminder, for scripts.
struct ReminderDetailView: Encodable {
  let reminder: ReminderView
  let messageId: String
  let messageClass: String
  let file: String
  let line: Int
  /// The number of the reminder that led to its row, if that row belongs to Kindly's own ledger.
  let cause: Int64?
  let depth: Int
  let created: String
  let revivals: Int
  let uncertainties: Int
  let configuration: Int64
  let template: String?
  let correctionOf: String?
  let evidence: String?
  let passedOver: [Passed]
  let attempts: [Attempt]
  let actions: [Action]
  let answers: [Answer]

  struct Answer: Encodable {
    let at: String
    /// bounce, reply, opt-out, complaint or acknowledgement.
    let kind: String
    /// hard, soft or refused, for a bounce.
    let bounce: String?
    let status: String?
    let text: String?

    init(_ entry: AnswerEntry, _ time: TimeText) {
      at = time.stamp(entry.at)
      switch entry.content {
      case .bounce(let kind, let status, let text):
        (self.kind, bounce, self.status, self.text) = ("bounce", kind.word, status, text)
      case .reply(let kind, let text):
        (self.kind, bounce, status, self.text) = (kind.word, nil, nil, text)
      case .acknowledgement(let text):
        (self.kind, bounce, status, self.text) = (acknowledgementWord, nil, nil, text)
      }
    }
  }

  struct Passed: Encodable {
    let channel: String
    let reason: String
  }

  struct Attempt: Encodable {
    let channel: String
    let began: String
    let ended: String
    let outcome: String
    let text: String
    /// Nil if the customer was the recipient.
    let recipient: String?
  }

  struct Action: Encodable {
    let at: String
    let by: String
    let verb: String
    let because: String?
  }

  init(_ detail: ReminderDetail, _ time: TimeText) {
    reminder = ReminderView(detail.summary, time)
    messageId = detail.messageID
    messageClass = detail.messageClass.word
    file = detail.place.file
    line = detail.place.line
    cause = detail.cause
    depth = detail.depth
    created = time.stamp(detail.created)
    revivals = detail.revivals
    uncertainties = detail.uncertainties
    configuration = detail.configuration
    template = detail.templateHash
    correctionOf = detail.was?.text
    evidence = detail.evidence
    passedOver = detail.passedOver.map { Passed(channel: $0.channel, reason: $0.reason.words) }
    attempts = detail.attempts.map {
      Attempt(
        channel: $0.channel, began: time.stamp($0.began), ended: time.stamp($0.ended),
        outcome: $0.outcome.word, text: $0.text, recipient: $0.recipient)
    }
    actions = detail.actions.map {
      Action(
        at: time.stamp($0.at), by: $0.note.user, verb: $0.verb, because: $0.note.because)
    }
    answers = detail.answers.map { Answer($0, time) }
  }
}
