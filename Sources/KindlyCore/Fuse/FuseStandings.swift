/// The state of a rule's fuse on one day; a fuse whose limit was never in danger has no standing.
package struct FuseStanding: Hashable, Sendable {
  package enum State: Int, Hashable, Sendable, CaseIterable {
    /// More may leave than the fuse allows, depending on conditions that are read only when reminders are due. Each
    /// reminder is checked, and leaves once all that are due were checked and are few enough.
    case suspect = 1
    /// The reminders of the day are held until a person decides.
    case blown = 2
    /// A person has released or dropped the held reminders; those that are planned later count from then on.
    case settled = 3
  }

  package let rule: String
  package let day: CompanyDay
  package let state: State
  package let since: Instant
  package let fuse: Fuse
  /// How many reminders there would have been on that day when the fuse blew.
  package let letters: Int
  /// Whether reminders were checked and wait until it is known how many there are.
  package let hasChecked: Bool

  package init(
    rule: String, day: CompanyDay, state: State, since: Instant, fuse: Fuse, letters: Int,
    hasChecked: Bool = false
  ) {
    self.rule = rule
    self.day = day
    self.state = state
    self.since = since
    self.fuse = fuse
    self.letters = letters
    self.hasChecked = hasChecked
  }

  /// The problem that tells people about a blown fuse.
  package var problem: Problem {
    Problem(
      .rule(rule),
      .fuse(BlownFuse(day: day.date.description, letters: letters, fuse: fuse)), since: since)
  }
}

/// What people are told about a blown fuse.
package struct BlownFuse: Hashable, Sendable, Codable {
  /// The day, `2026-02-10`.
  package let day: String
  package let letters: Int
  package let fuse: Fuse

  package init(day: String, letters: Int, fuse: Fuse) {
    self.day = day
    self.letters = letters
    self.fuse = fuse
  }

  /// What will happen to which rule, why, and what to do.
  package func forecast(rule: String) -> String {
    """
    rule \(rule): the fuse will hold the \(counted(letters, "reminder")) of \(day), because \(fuse.because); if that \
    many are intended, write `fuse: \(letters) a day` in the rule
    """
  }

  /// What happened to which rule, why, and what to do.
  package func sentence(rule: String) -> String {
    """
    rule \(rule): its \(counted(letters, "reminder")) of \(day) are held, because \(fuse.because); run \
    `kindly release \(rule)` to send them (with `--first 20` to begin with a few), or `kindly drop \(rule)` to cancel \
    them
    """
  }
}

/// The standings of all fuses.
package struct FuseStandings: Hashable, Sendable {
  package let all: [FuseStanding]
  /// When sending began again after a long stop, or after the ledger was armed; nil if it never stopped for long.
  package let resumed: Instant?

  package init(_ all: [FuseStanding] = [], resumed: Instant? = nil) {
    self.all = all
    self.resumed = resumed
  }

  package func standing(ofRule rule: String, on day: CompanyDay) -> FuseStanding? {
    all.first { $0.rule.isExactly(rule) && $0.day.date == day.date }
  }

  /// The standing of each rule that applies to its checked reminders: that of today, or of the last day before.
  /// Reminders that were checked just before midnight may be decided just after it.
  package func current(at now: Instant) -> [FuseStanding] {
    let begun = Dictionary(grouping: all.filter { $0.day.begins <= now }) { ExactText($0.rule) }
    return begun.sorted { $0.key < $1.key }.compactMap { $0.value.max { $0.day < $1.day } }
  }

  /// Whether the reminders of a day have piled up during a stop.
  package func isCatchUp(_ day: CompanyDay) -> Bool { resumed.map(day.contains) ?? false }

  /// Whether the fuse of its rule keeps a reminder from leaving now.
  ///
  /// A reminder that was tried before has passed the fuse already. A person resends on purpose, and a follow-up belongs
  /// to a message that was sent.
  package func holds(_ reminder: ClaimedReminder, now: Instant) -> Bool {
    guard reminder.attempts == 0, reminder.trigger != .person,
      !FollowUp.isFollowUp(leg: reminder.leg)
    else { return false }
    switch reminder.fuse {
    case .released: return false
    case .held: return true
    case .none:
      let found = all.first { $0.rule.isExactly(reminder.rule) && $0.day.contains(now) }
      guard let standing = found else { return false }
      switch standing.state {
      case .blown: return true
      case .suspect: return !reminder.wasChecked(since: standing.since)
      case .settled: return false
      }
    }
  }
}

extension ClaimedReminder {
  /// Whether it has been checked since its fuse became suspect.
  ///
  /// It waits as `fuse` until the others are checked too, and is claimed again once it may go. It may then have to wait
  /// for its digest or for the end of the quiet hours; it still counts as checked.
  fileprivate func wasChecked(since suspicion: Instant) -> Bool {
    if waitReason == .fuse { return true }
    guard let waitReason, let waitingSince else { return false }
    return waitReason.followsFuse && waitingSince >= suspicion
  }
}
