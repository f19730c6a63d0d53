/// How many reminders of a rule may leave on one day before a person is asked, and why that many.
package struct Fuse: Hashable, Sendable, Codable {
  /// The reason for the limit.
  package enum Basis: Hashable, Sendable, Codable {
    /// The configuration sets the limit: `fuse: 8000 a day`.
    case declared
    /// Ten times what the rule usually sends on a day.
    case usual(Int)
    /// The rule has never sent anything on a day before.
    case noHistory
    /// A festival, or another single day of the calendar.
    case occasion
    /// The first day after a long stop, or after the ledger was armed again.
    case catchUp
  }

  package let most: Int
  package let basis: Basis

  /// The lowest limit, unless the configuration sets one: even a quiet company has busy mornings.
  package static let fewest = LookGuard.fewestLetters
  /// After a longer stop, the usual number does not count for the reminders that have piled up.
  package static let longStop = Duration.days(1)

  package init(most: Int, basis: Basis) {
    self.most = most
    self.basis = basis
  }

  /// The fuse of a rule on one day.
  ///
  /// - Parameter declared: the number in `fuse:`, which applies on every day.
  package init(usual: UsualDay?, declared: Int?, isOccasion: Bool = false, isCatchUp: Bool = false)
  {
    if let declared {
      self.init(most: declared, basis: .declared)
    } else if isCatchUp {
      self.init(most: Fuse.fewest, basis: .catchUp)
    } else if isOccasion {
      self.init(most: Fuse.fewest, basis: .occasion)
    } else if let usual {
      self.init(
        most: LookGuard.mostLetters(usualDay: usual.count), basis: .usual(usual.count))
    } else {
      self.init(most: Fuse.fewest, basis: .noHistory)
    }
  }

  /// Whether a day with so many reminders is held.
  package func isBlown(by letters: Int) -> Bool { letters > most }

  /// Why the rule's day is held, as a clause.
  package var because: String {
    switch basis {
    case .declared: "`fuse:` allows \(most) a day"
    case .usual(let count): "it usually sends \(count) on a day"
    case .noHistory: "it has never sent any on an earlier day"
    case .occasion: "such a day has no usual number"
    case .catchUp: "they have piled up during a stop"
    }
  }
}

/// A day of the company's calendar, with the times at which it begins and ends.
package struct CompanyDay: Hashable, Sendable, Comparable {
  package let date: CivilDate
  package let begins: Instant
  package let ends: Instant

  package init(_ date: CivilDate, in zone: Zone) {
    self.init(
      date, begins: zone.instant(of: WallClock(date: date, secondOfDay: 0)),
      ends: zone.instant(of: WallClock(date: date.adding(days: 1), secondOfDay: 0)))
  }

  package init(_ date: CivilDate, begins: Instant, ends: Instant) {
    self.date = date
    self.begins = begins
    self.ends = ends
  }

  /// The earliest day on which a reminder with this due time can be handed over.
  package static func date(ofDue due: Instant, in zone: Zone, now: Instant) -> CivilDate {
    zone.date(at: max(due, now))
  }

  package func contains(_ instant: Instant) -> Bool { begins <= instant && instant < ends }

  /// Whether this is the earliest day on which a reminder with this due time can be handed over.
  package func covers(due: Instant, now: Instant) -> Bool { contains(max(due, now)) }

  package static func < (left: CompanyDay, right: CompanyDay) -> Bool { left.begins < right.begins }
}

/// How many reminders count for a rule's day. Those that a person released do not count.
package struct FuseLoad: Hashable, Sendable {
  /// Sent on that day, or being sent.
  package var gone: Int
  /// The same, with those that have passed the fuse and wait for a digest or for the end of the quiet hours.
  package var departing: Int
  /// Waiting for a time on that day, and not for a person.
  package var waiting: Int

  /// - Parameter departing: as many as are gone by default.
  package init(gone: Int = 0, departing: Int? = nil, waiting: Int = 0) {
    self.gone = gone
    self.departing = departing ?? gone
    self.waiting = waiting
  }

  package var letters: Int { departing + waiting }
}

/// What a fuse or a person did with one reminder; stored by number.
package enum FuseMark: Int, Hashable, Sendable, CaseIterable {
  case none = 0
  /// Held by a blown fuse.
  case held = 1
  /// A person released it, or accepted the changes that caused it. No fuse counts or holds it again.
  case released = 2
}
