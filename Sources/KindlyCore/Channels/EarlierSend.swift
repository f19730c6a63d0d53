/// A channel whose other side can tell whether it took an earlier message.
///
/// A message that an answer confirms is sent. One that the other side certainly did not take may be handed over again.
package protocol AnswersForEarlierSends: Sendable {
  /// Asks whether the message of an unanswered hand-over was taken; returns within `deadline`.
  ///
  /// The question hands nothing over. A failure to get an answer is `unknown`.
  func answer(about send: EarlierSend, deadline: Duration) async -> EarlierSend.Answer
}

/// An earlier hand-over that got no answer, as the ledger stores it.
package struct EarlierSend: Hashable, Sendable {
  /// What was handed over.
  package let payload: Payload
  /// The first unanswered hand-over did not begin before this.
  package let earliest: Instant
  /// When the last unanswered hand-over ended, or was found to have been cut off.
  package let latest: Instant

  package init(payload: Payload, earliest: Instant, latest: Instant) {
    self.payload = payload
    self.earliest = earliest
    self.latest = latest
  }

  /// What the other side says about it.
  package enum Answer: Hashable, Sendable {
    /// It took the message; `evidence` names it there.
    case sent(evidence: String)
    /// It lists no such message.
    case absent
    /// It did not answer, or its answer leaves a doubt. The text is for the operator and holds no address.
    case unknown(String)

    /// The same answer with its text masked, because it may repeat parts of the letter.
    package func masked(by mask: Mask) -> Answer {
      switch self {
      case .sent(let evidence): .sent(evidence: mask.line(evidence))
      case .absent: .absent
      case .unknown(let text): .unknown(mask.line(text))
      }
    }
  }

  /// What becomes of the reminder.
  package enum Decision: Hashable, Sendable {
    case sent(evidence: String)
    /// Its message certainly did not arrive, so that it is handed over once more.
    case handOver
    case ask(again: Instant)
    case end(Reason)
  }

  /// How soon after an unanswered hand-over the other side is asked.
  package static let firstPause = Duration.minutes(2)
  /// The longest wait between two questions.
  package static let longestPause = Duration.hours(1)
  /// How long after a hand-over a message may still appear in the other side's list.
  ///
  /// The request of a hand-over that was given up may be worked on for a while, and lists are updated with a delay.
  package static let completeAfter = Duration.minutes(10)
  /// What is missing after this many unanswered hand-overs waits for a person.
  package static let mostHandOvers = 2

  /// Decides by an answer; never for another hand-over while there is a doubt.
  ///
  /// - Parameter uncertainties: how many of the reminder's hand-overs got no answer.
  package func decide(
    _ answer: Answer, uncertainties: Int, useUntil: Instant, now: Instant
  ) -> Decision {
    // Each wait is half as long as the time since the hand-over.
    let pause = min(max((now - latest) / 2, EarlierSend.firstPause), EarlierSend.longestPause)
    let complete = latest + EarlierSend.completeAfter
    switch answer {
    case .sent(let evidence): return .sent(evidence: evidence)
    case _ where now >= useUntil: return .end(.unresolved)
    case .unknown: return .ask(again: min(now + pause, useUntil))
    case .absent where now < complete:
      return .ask(again: min(now + pause, complete, useUntil))
    case .absent:
      return uncertainties < EarlierSend.mostHandOvers ? .handOver : .ask(again: useUntil)
    }
  }
}
