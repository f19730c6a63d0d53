import KindlyCore
import KindlyDesk

/// One reminder's decisions as sentences a person reads.
struct ReminderStory {
  private let detail: ReminderDetail
  private let time: TimeText

  init(_ detail: ReminderDetail, time: TimeText) {
    self.detail = detail
    self.time = time
  }

  /// What it is and where it stands: `trial, step trial/care, row 42 (2026-02-10), K7Q…: sent over email`.
  var headline: String {
    let summary = detail.summary
    let leg = summary.leg > 0 ? ", \(FollowUp.words(ofLeg: summary.leg))" : ""
    return """
      \(time(summary.decided ?? summary.due))  \(summary.rule), \(step)row \(summary.key) (\(summary.cycle))\(leg)\(correction): \
      \(sentence)
      """
  }

  /// `, correction of 2026-02-10`, the date that the customer was told before.
  private var correction: String { detail.was.map { ", correction of \($0.text)" } ?? "" }

  private var step: String {
    detail.summary.step == Step.only ? "" : "step \(detail.summary.step), "
  }

  /// The state with its reason: `waiting: quiet hours`.
  static func state(of summary: ReminderSummary) -> String {
    if summary.neverApplied { return "cancelled: it never applied" }
    return summary.reason.map { "\(summary.state.word): \($0.words)" } ?? summary.state.word
  }

  private var sentence: String {
    let summary = detail.summary
    switch summary.state {
    case .waiting where summary.reason == .fuse:
      return """
        held, because its rule would send far more on that day than usual; due \(time(summary.due)); \
        `kindly release \(summary.rule)` sends it, `kindly drop \(summary.rule)` cancels it
        """
    case .waiting where summary.reason == .digest:
      return
        "waiting for its digest at \(time(summary.next ?? summary.due)), due \(time.due(summary.due))"
    case .waiting:
      let why = summary.reason.map { "waiting because of \($0.words)" } ?? "waiting"
      return "\(why), due \(time.due(summary.due)), next check \(time.due(summary.next))"
    case .claimed: return "about to be sent"
    case .sending: return "being sent over \(summary.channel ?? "a channel")"
    case .uncertain:
      let why = summary.reason.map { " (reason: \($0.words))" } ?? ""
      let next =
        summary.next.map { "next check \(time($0))\(why)" }
        ?? "record the outcome with `kindly outbox settle`"
      return "uncertain: handed over, but no answer came; \(next)"
    case .sent:
      let tries = summary.attempts > 1 ? " at attempt \(summary.attempts)" : ""
      return "sent over \(summary.channel ?? "a channel")\(tries)"
    case .skipped, .cancelled, .failed:
      if summary.reason == .condition, let names = missingSegments {
        return "\(summary.state.word): \(Segment.absence(from: names))"
      }
      if summary.reason == .unless, let condition = unless {
        return "\(summary.state.word): its `unless:` held: \(OneLine.text(condition))"
      }
      if summary.neverApplied {
        return "did not apply: the rule's condition has not held since it was planned"
      }
      if summary.cycle.isCorrection, summary.reason == .ruleAbsent {
        return "\(summary.state.word): its rule no longer sends corrections"
      }
      let words = summary.reason.map(ReminderStory.explanation) ?? "no reason was kept"
      return "\(summary.state.word): \(words)"
    }
  }

  /// What happened on the way, in order of time, one line each.
  var events: [String] {
    var events: [(at: Instant, text: String)] = [
      (detail.created, "planned by \(detail.place), due \(time.due(detail.summary.due))")
    ]
    for (index, attempt) in detail.attempts.enumerated() {
      let recipient = attempt.recipient.map { " to \($0)" } ?? ""
      events.append(
        (
          attempt.ended,
          "attempt \(index + 1) over \(attempt.channel)\(recipient): \(attempt.outcome.word), \(attempt.text)"
        ))
    }
    for action in detail.actions {
      let because = action.note.because.map { ": \($0)" } ?? ""
      events.append((action.at, "\(action.verb) by \(action.note.user)\(because)"))
    }
    for answer in detail.answers { events.append((answer.at, answer.sentence)) }
    var lines = events.sorted { $0.at < $1.at }
      .map { "\(time($0.at))  \(OneLine.text($0.text))" }
    if let since = detail.reasonSince, let reason = detail.summary.reason,
      !detail.summary.state.isFinal
    {
      lines.append("\(time(since))  waiting since then: \(reason.words)")
    }
    if let evidence = detail.evidence, missingSegments == nil, unless == nil {
      lines.append("the values that decided: \(OneLine.text(evidence))")
    }
    for passed in detail.passedOver {
      lines.append("channel \(passed.channel) was passed over: \(passed.reason.words)")
    }
    if detail.revivals > 0 {
      lines.append("revived \(counted(detail.revivals, "time")) because its data changed back")
    }
    return lines + links
  }

  /// The segments that the customer was not in, if that cancelled the reminder.
  private var missingSegments: [String]? {
    detail.evidence.flatMap(SegmentEvidence.missing)
  }

  /// The `unless:` condition that skipped the reminder, if one did.
  private var unless: String? { detail.evidence.flatMap(UnlessEvidence.condition) }

  private var links: [String] {
    var lines: [String] = []
    if let cause = detail.cause {
      lines.append(
        "number \(cause) led to it (depth \(detail.depth) of at most \(Lineage.deepest))")
    }
    if let successor = detail.successor { lines.append("number \(successor) took its place") }
    for predecessor in detail.predecessors {
      lines.append("it took the place of number \(predecessor)")
    }
    if let old = detail.resendOf { lines.append("it sends number \(old) again") }
    for new in detail.resends { lines.append("number \(new) sends it again") }
    if let lead = detail.lead { lines.append("it belongs to the message of number \(lead)") }
    if detail.others > 0 {
      lines.append("its message also carries \(counted(detail.others, "other reminder"))")
    }
    return lines
  }

  /// A final reason as a clause that explains itself.
  static func explanation(_ reason: Reason) -> String {
    switch reason {
    case .tooLate: "it was too late to be useful when it could have been sent"
    case .superseded: "a newer step of the same rule and row replaced it"
    case .noAddress: "the customer had no address for any channel of its route"
    case .noCustomer: "the customer was not in the directory while it was useful"
    case .noRecipient: "no recipient was found while it was useful"
    case .read: "the earlier message was read, or its task was done, so it is not needed"
    case .replied: "somebody has answered a message about this row"
    case .suppressed: "the address is suppressed; see `kindly suppression list`"
    case .invalidAddress: "the address was invalid, and nobody corrected it in time"
    case .condition: "the rule's condition no longer held"
    case .rowGone: "the row was gone"
    case .rowIsBack: "the row was there again"
    case .dateMoved: "the row's date moved"
    case .ruleAbsent: "its rule, or its part of the rule, was gone from the configuration"
    case .droppedByPerson: "a person dropped it"
    case .rejected: "the receiving side rejected it permanently"
    case .unresolved: "nobody could say whether it arrived"
    case .uselessByNow: "every attempt failed until it was too late to be useful"
    case .unless: "its `unless:` held"
    case .beforeActivation, .noConsent, .samePerson, .holdOut: reason.words
    // None of these is final.
    case .quietHours, .sendHours, .atMost, .fuse, .paused, .channelDown, .sourceUnreachable,
      .ruleAbsentWaiting, .templateError, .channelMisconfigured, .massChange, .clock, .rowMissing,
      .addressMissing, .retry, .ruleError, .channelBusy, .addressInvalid, .recipientRefused,
      .rowInDoubt, .customerMissing, .recipientMissing, .columnMissing, .dueLater, .nextChannel,
      .destinationDown, .unread, .digest:
      reason.words
    }
  }
}
