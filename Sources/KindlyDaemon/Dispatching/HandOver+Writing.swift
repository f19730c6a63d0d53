import KindlyCore
import KindlyTemplates
import Logging

/// What is about to be handed over.
struct Writing {
  let payload: Payload
  /// The hash of the template that was rendered; nil where nothing was.
  let templateHash: String?
  /// The payload that the ledger stores with `sending`, for a repeat of the same bytes.
  let kept: Payload?

  /// Whether it was written now, from the row as it is, and not stored by an earlier attempt.
  var isNew: Bool { templateHash != nil }

  /// A stored payload that is handed over again unchanged.
  init(again payload: Payload) {
    self.payload = payload
    templateHash = nil
    kept = nil
  }

  /// A freshly rendered payload.
  ///
  /// A payload that contains a secret or is too large for the ledger is not stored; a repeat is then rendered again.
  init(_ payload: Payload, of message: Message, traits: ChannelTraits) {
    self.payload = payload
    templateHash = message.templateHash
    let isStorable = !message.holdsSecrets && payload.bytes.count <= Payload.largest
    kept = traits.afterUnknown.repeatsStoredPayload && isStorable ? payload : nil
  }
}

extension HandOver {
  /// The stored payload of an unanswered hand-over, to be resent byte for byte even if the template or the row has
  /// changed.
  ///
  /// Nil if nothing may have arrived, if no payload was stored, or if the route, the customer's address or the delivery
  /// mode would now send it elsewhere. It is then rendered again under the same id.
  func storedPayload(of ready: ReadyReminder) async throws -> Payload? {
    let channel = ready.outlet.channel
    guard ready.reminder.uncertainties > 0, channel.traits.afterUnknown.repeatsStoredPayload,
      // Losing the reason is right: writing anew meets the same fault and says so.
      let recipient = try? channel.recipient(of: ready.address),
      let stored = try await ledger.payload(of: ready.reminder.id, over: channel.name)
    else { return nil }
    return stored.recipient == recipient ? stored : nil
  }

  /// Whether writing the message may wait for a disk or a network.
  func readsFiles(_ ready: ReadyReminder) -> Bool {
    ready.outlet.channel.traits.carriesAttachments
      && generation.letters.readsFiles(ready.step.template)
  }

  /// The stored payload as it is, or else the message rendered.
  func write(_ ready: ReadyReminder, again stored: Payload?) async throws -> Writing {
    if let stored { return Writing(again: stored) }
    let reminder = ready.reminder
    let traits = ready.outlet.channel.traits
    let message = try await generation.letters.message(
      ready.step.template,
      scope: generation.databases.letterScope(
        rule: ready.rule, this: ready.this, old: ready.old, customer: ready.about,
        owner: ready.owner, reader: ready.recipient, moment: ready.moment(in: generation),
        was: reminder.was,
        revealsSecrets: !traits.hidesSecrets, carriesAttachments: traits.carriesAttachments,
        now: clock.now), limit: ready.outlet.deadline)
    let recipient = Recipient(
      key: ready.recipient.key.description, name: ready.recipient.name, address: ready.address,
      language: ready.recipient.language)
    let delivery = Delivery(
      publicID: reminder.publicID, messageID: reminder.messageID, rule: ready.rule.name,
      messageClass: ready.step.messageClass, about: ready.about.key.description,
      recipient: recipient, message: message, attempt: reminder.attempts + 1,
      date: reminder.firstAttempt ?? clock.now)
    around.health.settle([ready.templatePlace], of: ready.rule.name)
    return Writing(try ready.outlet.channel.prepare(delivery), of: message, traits: traits)
  }

  /// The wait for something that a person can fix: a template, or an address.
  func unwritten(_ ready: ReadyReminder, _ error: any Error) -> Transition {
    let reminder = ready.reminder
    if let unfit = error as? UnfitDelivery, unfit.fault == .address {
      let kind = ready.outlet.channel.traits.address
      let invalid = InvalidAddress(
        ready.recipient, column: generation.column(of: kind, of: ready.recipient),
        fault: unfit.description)
      return invalid.wait(of: reminder, now: clock.now, in: around)
    }
    let fault = RowFault(ready.templatePlace, SourceProblem(.condition, "\(error)"))
    for sentence in around.health.record([fault], of: ready.rule.name, now: clock.now) {
      log.error(
        "\(sentence); each reminder is sent once its row, file or template is fixed, unless it is too late by then",
        metadata: [
          "rule": "\(ready.rule.name)", "customer": "\(ready.about.key)",
          "reminder": "\(reminder.publicID)",
        ])
    }
    return reminder.waiting(.templateError, until: clock.now + Triage.quarantinePause)
  }
}

extension ReadyReminder {
  /// The row as a template may fail on it.
  fileprivate var templatePlace: RowFault.Place {
    RowFault.Place(watch: rule.watch, key: reminder.key, stage: .template)
  }
}
