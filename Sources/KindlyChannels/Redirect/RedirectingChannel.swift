package import KindlyCore

/// Wraps a channel and sends everything to one address, for `delivery: redirect to …`.
///
/// The subject names the customer whom the message is about, or else its recipient, by key.
package struct RedirectingChannel: Channel {
  private let wrapped: any Channel
  private let address: String

  package var name: String { wrapped.name }
  package var traits: ChannelTraits { wrapped.traits }

  package init(wrapping channel: any Channel, to address: String) {
    wrapped = channel
    self.address = address
  }

  package func recipient(of _: String) throws(UnfitDelivery) -> String {
    try wrapped.recipient(of: address)
  }

  package func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    var redirected = delivery
    let recipient = delivery.recipient
    let whom =
      delivery.about.map { "customer \($0)" }
      ?? (recipient.kind == .customers
        ? recipient.key : recipient.kind.words(of: RowKey(recipient.key)))
    redirected.message.subject = "[for \(whom)] \(delivery.message.subject)"
    redirected.recipient.name = ""
    redirected.recipient.address = address
    return try wrapped.prepare(redirected)
  }

  /// Hands a payload over to the one address, even one that was stored before the redirection began.
  package func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    // Losing the reason is right: an address that cannot be one was refused by `prepare`.
    guard payload.recipient == (try? wrapped.recipient(of: address)) else {
      return .misconfigured(
        Refusal("the stored payload is not for the address that everything is redirected to"))
    }
    let outcome = await wrapped.send(payload, deadline: deadline)
    // Refused was the one address, and so nothing is said of the customer's.
    guard case .rejected(let refusal) = outcome, refusal.isRepeatable else { return outcome }
    return .misconfigured(
      Refusal("the address that everything is redirected to was rejected: \(refusal.text)"))
  }

  package func close() async {
    await wrapped.close()
  }

  package var asAnswering: (any AnswersForEarlierSends)? { wrapped.asAnswering }
}
