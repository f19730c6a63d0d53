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
  ///
  /// - Parameter isOfSeveral: whether the message lists several rows, some of which may be gone before a repeat.
  init(_ payload: Payload, of message: Message, traits: ChannelTraits, isOfSeveral: Bool) {
    self.payload = payload
    templateHash = message.templateHash
    let isStorable = !message.holdsSecrets && payload.bytes.count <= Payload.largest
    let isRepeated =
      traits.afterUnknown.repeatsStoredPayload || isOfSeveral && traits.afterUnknown.repeats > 0
    kept = isRepeated && isStorable ? payload : nil
  }
}

/// A parcel with its message.
struct WrittenParcel {
  let parcel: Parcel
  let writing: Writing

  init(_ parcel: Parcel, _ writing: Writing) {
    self.parcel = parcel
    self.writing = writing
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
    guard ready.reminder.uncertainties > 0,
      channel.traits.afterUnknown.repeatsStoredPayload || ready.reminder.leads,
      // Losing the reason is right: writing anew meets the same fault and says so.
      let recipient = try? channel.recipient(of: ready.address),
      let stored = try await ledger.payload(of: ready.reminder.id, over: channel.name)
    else { return nil }
    return stored.recipient == recipient ? stored : nil
  }

  /// The parcel with the lists that its steps show; nil if its rows changed while the lists were read.
  func withLists(
    _ parcel: Parcel, _ owed: inout [Transition]
  ) async throws -> Parcel? {
    let showing = parcel.members.filter { !$0.step.lists.isEmpty }
    guard !showing.isEmpty else { return parcel }
    // The source may be slow, and a crash meanwhile would make the previous message uncertain.
    try await submit(&owed)
    var shown: [Int64: [ShownList]] = [:]
    for ready in showing {
      let read = await generation.databases.listReading(now: clock.now)
        .read(ready.step.lists, about: ready.about)
      report(read.failures, of: ready.step.lists, in: ready)
      shown[ready.reminder.id] = read.shown
    }
    guard let fresh = try await refreshed(parcel, &owed) else { return nil }
    return Parcel(
      fresh.members.map { member in
        var member = member
        member.lists = shown[member.reminder.id] ?? []
        return member
      })
  }

  /// Logs once which lists cannot be read; the card says so too.
  private func report(
    _ failures: [ListReading.Failure], of lists: [CustomerList], in ready: ReadyReminder
  ) {
    for failure in failures
    where around.health.recordFailure(of: .list(failure.list.name), failure.problem) {
      let hint = failure.problem.hint.map { "; \($0)" } ?? ""
      log.error(
        "\(failure.problem.description)\(hint); messages and tasks are sent without its rows, and say so",
        metadata: ["rule": "\(ready.rule.name)"])
    }
    for list in lists where !failures.contains(where: { $0.list == list }) {
      guard !generation.databases.lists.isPaused(list.name, now: clock.now),
        around.health.recordRecovery(of: .list(list.name))
      else { continue }
      log.notice("list \(list.name) can be read again")
    }
  }

  /// Whether writing the message may wait for a disk or a network.
  func readsFiles(_ ready: ReadyReminder) -> Bool {
    ready.outlet.channel.traits.carriesAttachments
      && generation.letters.readsFiles(ready.step.template)
  }

  /// The message of a parcel: the stored payload as it is, or else a fresh one.
  ///
  /// Rows of a digest that cannot be rendered are left out; their reminders wait, with the reason, until a person fixes
  /// the rows. Rows for which the letter has no space are put back and sent with the next message. Nil if nothing is
  /// left to hand over. Transitions are added to `owed`.
  func written(
    _ parcel: Parcel, again stored: Payload?, _ owed: inout [Transition]
  ) async throws -> WrittenParcel? {
    if let stored { return WrittenParcel(parcel, Writing(again: stored)) }
    var parcel = parcel
    while true {
      do {
        return WrittenParcel(parcel, try await write(parcel))
      } catch TemplateProblem.tooLarge where !parcel.others.isEmpty {
        guard let smaller = firstHalf(of: parcel, &owed) else { return nil }
        parcel = smaller
      } catch {
        guard let rest = await writable(of: parcel, error, &owed) else { return nil }
        parcel = rest
      }
    }
  }

  /// The first half of a parcel; the rest is put back, to be sent with the next message.
  private func firstHalf(of parcel: Parcel, _ owed: inout [Transition]) -> Parcel? {
    let members = parcel.members
    let half = members.prefix(members.count / 2)
    owed += members.dropFirst(half.count).map { $0.reminder.move(.release) }
    return Parcel(half)
  }

  /// The rows of a parcel that can be rendered one by one; the others wait. Nil if there are none.
  ///
  /// If every row can be rendered alone, they are too long for the channel only together, so the first half is tried.
  private func writable(
    of parcel: Parcel, _ error: any Error, _ owed: inout [Transition]
  ) async -> Parcel? {
    var good: [ReadyReminder] = []
    var faults: [Int64: any Error] = [:]
    if !parcel.others.isEmpty {
      for member in parcel.members {
        do {
          _ = try await write(Parcel(member))
          good.append(member)
        } catch {
          faults[member.reminder.id] = error
        }
      }
      if faults.isEmpty { return firstHalf(of: parcel, &owed) }
    }
    let isWhole = good.isEmpty
    for member in parcel.members {
      guard let fault = isWhole ? error : faults[member.reminder.id] else { continue }
      let moved = unwritten(member, fault)
      owed.append(moved)
      log.tell(moved, of: member.reminder, in: generation.zone)
    }
    return isWhole ? nil : Parcel(good)
  }

  private func write(_ parcel: Parcel) async throws -> Writing {
    let ready = parcel.lead
    let traits = ready.outlet.channel.traits
    let rows = parcel.members.map { scope(of: $0, traits) }
    let message = try await generation.letters.message(
      ready.step.template,
      scope: parcel.isDigest ? TemplateScope(digestOf: rows, reader: ready.recipient) : rows[0],
      limit: ready.outlet.deadline)
    for member in parcel.members {
      around.health.settle([member.templatePlace], of: member.rule.name)
    }
    return Writing(
      try payload(of: message, parcel), of: message, traits: traits,
      isOfSeveral: !parcel.others.isEmpty)
  }

  private func scope(of ready: ReadyReminder, _ traits: ChannelTraits) -> TemplateScope {
    generation.databases.letterScope(
      rule: ready.rule, this: ready.this, old: ready.old, customer: ready.about,
      owner: ready.owner, reader: ready.recipient, moment: ready.moment(in: generation),
      was: ready.reminder.was, lists: ready.lists,
      // Colleagues must not see secrets, whichever channel carries the card.
      revealsSecrets: !traits.hidesSecrets && !isCarrier(ready),
      carriesAttachments: traits.carriesAttachments, now: clock.now)
  }

  /// The payload to hand over; a carrier's message includes the lists if they fit into a message of its channel.
  private func payload(of message: Message, _ parcel: Parcel) throws -> Payload {
    let ready = parcel.lead
    let channel = ready.outlet.channel
    if isCarrier(ready), !ready.lists.isEmpty {
      do throws(UnfitDelivery) {
        return try channel.prepare(delivery(of: message.carrying(ready.lists), parcel))
      } catch  where error.fault == .message {
        // With its lists the message is too long for the channel; without them it may fit.
      } catch {
        throw error
      }
    }
    return try channel.prepare(delivery(of: message, parcel))
  }

  private func isCarrier(_ ready: ReadyReminder) -> Bool {
    ready.step.leg(ready.reminder.leg)?.isCarrier == true
  }

  private func delivery(of message: Message, _ parcel: Parcel) -> Delivery {
    let ready = parcel.lead
    let reminder = ready.reminder
    return Delivery(
      publicID: reminder.publicID, messageID: reminder.messageID, rule: ready.rule.name,
      messageClass: ready.step.messageClass, about: parcel.about?.key.description,
      recipient: Recipient(
        ready.recipient.kind, key: ready.recipient.key.description, name: ready.recipient.name,
        address: ready.address,
        language: ready.recipient.language),
      message: message, lists: ready.lists, attempt: reminder.attempts + 1,
      date: reminder.firstAttempt ?? clock.now)
  }

  /// The wait for something that a person can fix: a template, or an address.
  private func unwritten(_ ready: ReadyReminder, _ error: any Error) -> Transition {
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
        metadata: .of(reminder.publicID, rule: ready.rule.name, customer: ready.about?.key))
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
