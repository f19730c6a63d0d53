package import KindlyCore

/// The reminders that a verb is about.
package enum Selection: Hashable, Sendable, Codable {
  /// By public id.
  case ids([String])
  case matching(Filter)

  /// What a reminder must be; a field that is nil asks for nothing.
  package struct Filter: Hashable, Sendable {
    package var rule: String?
    package var channel: String?
    package var state: ReminderState?
    package var reason: Reason?
    /// Due at this instant or later.
    package var since: Instant?
    /// Due before this instant.
    package var until: Instant?
    package var customer: RowKey?
    /// Made no later than the reminder of this number: what a person was shown when they were asked.
    package var through: Int64?

    package init(
      rule: String? = nil, channel: String? = nil, state: ReminderState? = nil,
      reason: Reason? = nil, since: Instant? = nil, until: Instant? = nil,
      customer: RowKey? = nil, through: Int64? = nil
    ) {
      self.rule = rule
      self.channel = channel
      self.state = state
      self.reason = reason
      self.since = since
      self.until = until
      self.customer = customer
      self.through = through
    }

    /// Every reminder matches: a verb that changes something should not take this for an answer.
    package var isEmpty: Bool {
      var filter = self
      filter.through = nil
      return filter == Filter()
    }

    /// The same for the ledger.
    package var reminders: ReminderSelection {
      ReminderSelection(
        rule: rule, channel: channel, states: state.map { [$0] } ?? [], reason: reason,
        since: since, until: until, customer: customer, through: through)
    }
  }
}

/// State and reason travel as the words that people read.
extension Selection.Filter: Codable {
  private enum CodingKeys: CodingKey {
    case rule, channel, state, reason, since, until, customer, through
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rule = try container.decodeIfPresent(String.self, forKey: .rule)
    channel = try container.decodeIfPresent(String.self, forKey: .channel)
    since = try container.decodeIfPresent(Instant.self, forKey: .since)
    until = try container.decodeIfPresent(Instant.self, forKey: .until)
    customer = try container.decodeIfPresent(String.self, forKey: .customer)
      .map(RowKey.init(canonical:))
    through = try container.decodeIfPresent(Int64.self, forKey: .through)
    state = try container.decodeIfPresent(String.self, forKey: .state).map { word in
      guard let state = ReminderState(word: word) else {
        throw DecodingError.dataCorruptedError(
          forKey: .state, in: container, debugDescription: "unknown state \(word)")
      }
      return state
    }
    reason = try container.decodeIfPresent(String.self, forKey: .reason).map { words in
      // Two states may share the words; without a state the first one is meant.
      let reasons = Reason.allCases.filter { $0.words.isExactly(words) }
      guard let reason = reasons.first(where: { $0.state == state }) ?? reasons.first else {
        throw DecodingError.dataCorruptedError(
          forKey: .reason, in: container, debugDescription: "unknown reason \(words)")
      }
      return reason
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(rule, forKey: .rule)
    try container.encodeIfPresent(channel, forKey: .channel)
    try container.encodeIfPresent(state?.word, forKey: .state)
    try container.encodeIfPresent(reason?.words, forKey: .reason)
    try container.encodeIfPresent(since, forKey: .since)
    try container.encodeIfPresent(until, forKey: .until)
    try container.encodeIfPresent(customer?.text, forKey: .customer)
    try container.encodeIfPresent(through, forKey: .through)
  }
}
