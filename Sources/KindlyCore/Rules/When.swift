/// What makes a rule's step fire: a change of a row, or a moment computed from one of its date columns.
package enum When: Hashable, Sendable {
  case insert
  /// An update; of the named columns, or of any where none is named.
  case update(of: [String])
  case delete
  case dated(Schedule)

  /// The schedule, where it is a dated one.
  package var schedule: Schedule? {
    if case .dated(let schedule) = self { schedule } else { nil }
  }

  /// The same by a calendar, where it is a dated one.
  package func by(_ workdays: Workdays, offDays: OffDays) -> When {
    switch self {
    case .insert, .update, .delete: self
    case .dated(let schedule): .dated(schedule.by(workdays, offDays: offDays))
    }
  }

  package var isChange: Bool { schedule == nil }

  package var isUpdate: Bool {
    if case .update = self { true } else { false }
  }
}
