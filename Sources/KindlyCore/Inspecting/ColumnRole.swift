/// What a column is for, as far as Kindly has a use for it.
package enum ColumnRole: String, Hashable, Sendable, CaseIterable {
  case name
  case email
  case phone
  case language
  case timezone = "time zone"
  /// The colleague who looks after the row.
  case owner
  case status
  /// Says that the row counts as deleted.
  case deleted = "deleted flag"
  /// Rises whenever the row is written; usable as a cursor.
  case updated = "updated at"
  case created = "created at"
  /// The customer that the row is about.
  case customer
  /// A date at which something ends or falls due.
  case ends = "end date"
  case begins = "start date"
  case birthday
  /// A value that must never appear in a log or the ledger.
  case secret

  /// Whether the role is that of a date.
  var isDate: Bool {
    switch self {
    case .updated, .created, .ends, .begins, .birthday: true
    case .name, .email, .phone, .language, .timezone, .owner, .status, .deleted, .customer,
      .secret:
      false
    }
  }
}

/// What a column's role was inferred from.
package enum RoleEvidence: String, Hashable, Sendable {
  case name, values
  case both = "name and values"
}
