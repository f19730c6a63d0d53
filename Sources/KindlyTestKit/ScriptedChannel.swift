package import KindlyCore
import Synchronization

/// A channel that answers as a test tells it, and records what was handed over.
package final class ScriptedChannel: Channel {
  /// One message that was handed over, whatever the answer was.
  package struct HandedOver: Hashable, Sendable {
    package let publicID: String
    package let messageID: String
    package let rule: String
    package let customer: String
    package let subject: String
    /// The payload's bytes as text.
    package let text: String
    package let attempt: Int
    package let outcome: Outcome
  }

  package typealias Script = @Sendable (Delivery) -> Outcome
  package typealias AnswerScript = @Sendable (EarlierSend) -> EarlierSend.Answer

  package let name: String
  package let traits: ChannelTraits
  private let script: Mutex<Script>
  private let answers = Mutex<AnswerScript?>(nil)
  private let questions = Mutex<[EarlierSend]>([])
  private let deliveries = Mutex<[String: Delivery]>([:])
  private let log = Mutex<[HandedOver]>([])
  private let mostBytes = Mutex(Int.max)
  private let gate = Mutex((isShut: false, waiting: [CheckedContinuation<Void, Never>]()))

  package init(
    name: String = "email",
    traits: ChannelTraits = ChannelTraits(
      rings: false, afterUnknown: .resendOnce, address: .email),
    script: @escaping Script = { _ in .sent(evidence: "taken") }
  ) {
    self.name = name
    self.traits = traits
    self.script = Mutex(script)
  }

  /// Answers by another script from now on.
  package func follow(_ next: @escaping Script) {
    script.withLock { $0 = next }
  }

  /// Answers about earlier sends by a script from now on.
  package func answer(by script: @escaping AnswerScript) {
    answers.withLock { $0 = script }
  }

  /// What it was asked about.
  package var asked: [EarlierSend] { questions.withLock { $0 } }

  package var asAnswering: (any AnswersForEarlierSends)? {
    answers.withLock { $0 == nil } ? nil : self
  }

  /// Refuses messages with a longer text from now on.
  package func limit(to bytes: Int) { mostBytes.withLock { $0 = bytes } }

  /// Keeps every hand-over waiting for its answer until `release`.
  package func hold() { gate.withLock { $0.isShut = true } }

  package func release() {
    let waiting = gate.withLock { gate in
      defer { gate = (false, []) }
      return gate.waiting
    }
    for one in waiting { one.resume() }
  }

  package var handedOver: [HandedOver] { log.withLock { $0 } }

  /// What was taken, leaving out refusals.
  package var sent: [HandedOver] {
    handedOver.filter { if case .sent = $0.outcome { true } else { false } }
  }

  package func recipient(of address: String) throws(UnfitDelivery) -> String {
    if traits.address == .email, !address.utf8.contains(UInt8(ascii: "@")) {
      throw UnfitDelivery(.address, "the address has no @")
    }
    return address
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let payload = Payload(
      publicID: delivery.publicID, recipient: try recipient(of: delivery.recipient.address),
      bytes: Array(delivery.message.text.utf8))
    let most = mostBytes.withLock { $0 }
    guard payload.bytes.count <= most else {
      throw UnfitDelivery(.message, "the text has more than \(most) bytes")
    }
    deliveries.withLock { $0[delivery.publicID] = delivery }
    return payload
  }

  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    guard let delivery = deliveries.withLock({ $0[payload.publicID] }) else {
      return .misconfigured(Refusal("a payload that was never prepared"))
    }
    await withCheckedContinuation { continuation in
      let isOpen = gate.withLock { gate in
        if gate.isShut { gate.waiting.append(continuation) }
        return !gate.isShut
      }
      if isOpen { continuation.resume() }
    }
    let outcome = script.withLock { $0 }(delivery)
    log.withLock {
      $0.append(
        HandedOver(
          publicID: payload.publicID, messageID: delivery.messageID, rule: delivery.rule,
          customer: delivery.recipient.key, subject: delivery.message.subject,
          text: String(decoding: payload.bytes, as: UTF8.self), attempt: delivery.attempt,
          outcome: outcome))
    }
    return outcome
  }

  package func close() async {}
}

extension ScriptedChannel: AnswersForEarlierSends {
  package func answer(about send: EarlierSend, deadline: Duration) async -> EarlierSend.Answer {
    questions.withLock { $0.append(send) }
    return answers.withLock { $0 }?(send) ?? .unknown("no script answers")
  }
}
