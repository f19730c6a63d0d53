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

  package var isChange: Bool { schedule == nil }

  package var isUpdate: Bool {
    if case .update = self { true } else { false }
  }
}
