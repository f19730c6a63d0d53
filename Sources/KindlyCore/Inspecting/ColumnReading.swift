/// Why a column is taken to have a role.
package struct RoleGuess: Hashable, Sendable {
  package let evidence: RoleEvidence
  /// 1 to 3 for the name, plus up to 2 for the values.
  package let strength: Int
}

/// The roles that a column may have, guessed from its name and its values.
package struct ColumnReading: Hashable, Sendable {
  package private(set) var roles: [ColumnRole: RoleGuess] = [:]
  /// Whether it holds dates.
  package let isDate: Bool

  package init(_ column: ColumnSurvey) {
    let named = RoleWords.roles(of: column.name)
    isDate = ColumnReading.isDate(column, named)
    for role in ColumnRole.allCases {
      let strength = named[role] ?? 0
      switch ColumnReading.testimony(of: column, for: role, isDate: isDate) {
      case .proves:
        roles[role] = RoleGuess(evidence: strength > 0 ? .both : .values, strength: strength + 2)
      case .supports where strength > 0:
        roles[role] = RoleGuess(evidence: .both, strength: strength + 1)
      case .silent where strength > 0: roles[role] = RoleGuess(evidence: .name, strength: strength)
      case .supports, .silent, .refutes: break
      }
    }
    // A column of addresses is not also a column of names, whatever it is called.
    if let email = roles[.email], email.evidence != .name { roles[.name] = nil }
  }

  /// How strongly the values support a role.
  private enum Testimony {
    /// They can hardly be anything else, whatever the column is called.
    case proves
    case supports
    case silent
    /// They are something else.
    case refutes
  }

  private static func testimony(
    of column: ColumnSurvey, for role: ColumnRole, isDate: Bool
  ) -> Testimony {
    let tally = column.tally
    if role.isDate {
      // A number may rise with each write as well as a time does.
      if role == .updated, !isDate, tally.present > 0, tally.numbers == tally.present {
        return .silent
      }
      if !isDate { return .refutes }
      return tally.present > 0 ? .supports : .silent
    }
    guard tally.present > 0 else { return isDate && role != .deleted ? .refutes : .silent }
    switch role {
    case .email: return share(tally.emails, of: tally, proof: 60)
    case .phone:
      let sure = share(tally.phones, of: tally, proof: 60)
      if case .refutes = sure { return share(tally.possiblePhones, of: tally, proof: .max) }
      return sure
    case .language:
      // A column of countries has such values too; a handful of them is what a column of languages has.
      return share(tally.languages, of: tally, proof: tally.distinct <= 20 ? 100 : .max)
    case .timezone: return share(tally.zones, of: tally, proof: 60)
    case .deleted:
      return isDate || tally.distinct <= 2 ? .silent : .refutes
    case .name: return isDate || tally.numbers * 2 > tally.present ? .refutes : .silent
    case .customer: return isDate ? .refutes : (column.references == nil ? .silent : .supports)
    case .owner, .status, .secret: return isDate ? .refutes : .silent
    case .updated, .created, .ends, .begins, .birthday: return .silent
    }
  }

  /// Judges by how many percent of the values have a form.
  private static func share(_ count: Int, of tally: ColumnTally, proof: Int) -> Testimony {
    if count == 0 { return .refutes }
    let percent = count * 100 / tally.present
    if proof != .max, percent >= proof { return .proves }
    return percent >= 20 ? .supports : .silent
  }

  /// Whether a column holds dates: by its type, by how its values are written, or for numbers, by its name as well.
  private static func isDate(_ column: ColumnSurvey, _ named: [ColumnRole: Int]) -> Bool {
    guard column.canHoldDates else { return false }
    let type = column.type.lowercased()
    if type.contains("date") || type.contains("timestamp") { return true }
    let tally = column.tally
    let isNamedSo =
      named.keys.contains(where: \.isDate) || RoleWords.saysDate(column.name)
    if tally.present == 0 { return isNamedSo && !type.contains("bool") }
    if tally.writtenDates * 10 >= tally.present * 6 { return true }
    let possible = tally.numericDates + tally.shortYears
    return isNamedSo && (tally.writtenDates > 0 || possible * 2 > tally.present)
  }
}
