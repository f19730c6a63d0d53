/// What makes a rule's step fire: a change of a row, or a moment computed from one of its date columns.
package enum When: Hashable, Sendable {
  /// A change, at once or after a delay: the schedule counts from the time at which the change was noticed.
  case change(RowChange, delay: Schedule? = nil)
  case dated(Schedule)

  package static let insert = When.change(.insert)
  package static let delete = When.change(.delete)

  /// An update; of the named columns, or of any where none is named.
  package static func update(of columns: [String]) -> When { .change(.update(of: columns)) }

  /// The schedule, where it is a dated one.
  package var schedule: Schedule? {
    switch self {
    case .change: nil
    case .dated(let schedule): schedule
    }
  }

  /// The schedule of a dated one, or of a change's delay.
  package var anySchedule: Schedule? {
    switch self {
    case .change(_, let delay): delay
    case .dated(let schedule): schedule
    }
  }

  /// The change, where it waits for one.
  package var change: RowChange? {
    switch self {
    case .change(let change, _): change
    case .dated: nil
    }
  }

  /// The same by what the rule says about days, where it counts any.
  package func by(_ policy: DayPolicy) -> When {
    switch self {
    case .change(let change, let delay): .change(change, delay: delay?.by(policy))
    case .dated(let schedule): .dated(schedule.by(policy))
    }
  }

  package var isChange: Bool { change != nil }

  package var isUpdate: Bool { change?.updated != nil }
}

/// When a reminder of a change is due, and how long it is useful.
package struct ChangeMoment: Hashable, Sendable {
  package let due: Instant
  package let useUntil: Instant
}

extension Step {
  /// The moment of a change that was noticed at an instant; nil where it never comes.
  ///
  /// - Parameter late: the step's own lateness, as it is for the row.
  package func moment(
    ofChangeAt noticed: Instant, late: Lateness, in context: MomentContext
  ) -> ChangeMoment? {
    guard let delay = delay else {
      return ChangeMoment(
        due: noticed, useUntil: late.end(ofChangeAt: noticed, zone: context.zone))
    }
    let moment = delay.moment(of: .instant(noticed), number: nil, late: late, in: context)
    return moment.due < .distantFuture
      ? ChangeMoment(due: moment.due, useUntil: moment.useUntil) : nil
  }

  /// How long a change waits before its moment; nil where that is the change itself.
  package var delay: Schedule? {
    switch when {
    case .change(_, let delay): delay
    case .dated: nil
    }
  }
}
