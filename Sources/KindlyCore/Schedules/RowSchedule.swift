/// What a schedule reads in a column.
package enum ColumnUse: Hashable, Sendable {
  /// A date, written in this way.
  case date(DateKind)
  /// The number of days between recurrences.
  case days
}

/// A column that a schedule reads, and how.
package struct ScheduleColumn: Hashable, Sendable {
  package enum Role: Hashable, Sendable {
    /// The date that it counts from.
    case anchor
    /// The date after which nothing comes.
    case last
    /// The number of days between recurrences.
    case days
  }

  package let name: String
  package let role: Role
}

/// A schedule with what one row says: the date that it counts from, its last date, its number of days.
package struct RowSchedule: Hashable, Sendable {
  package let schedule: Schedule
  package let anchor: Anchor
}

/// Why a row gives no moment: what a column of it holds.
package struct UnusableColumn: Error, Hashable, Sendable {
  package let column: String
  package let reason: Anchor.Unusable

  package init(column: String, reason: Anchor.Unusable) {
    self.column = column
    self.reason = reason
  }
}

extension Schedule {
  /// The columns that it reads, the one that it counts from first.
  package var columns: [ScheduleColumn] {
    var columns = column.map { [ScheduleColumn(name: $0, role: .anchor)] } ?? []
    columns += end.column.map { [ScheduleColumn(name: $0, role: .last)] } ?? []
    if case .everyDays(let name, _) = kind {
      columns.append(ScheduleColumn(name: name, role: .days))
    }
    return columns
  }

  /// Whether its moments depend on more than the dates of its column.
  ///
  /// They do if another column ends or spaces them, or if the column holds dates of the Chinese calendar.
  package var needsWholeRows: Bool { columns.count > 1 || isWrittenByMoon }

  /// How a column of it is read, where the watch's dates are of these kinds.
  package func use(of column: ScheduleColumn, _ dates: DateKinds) -> ColumnUse {
    switch column.role {
    case .anchor: .date(anchorKind(dates))
    case .last: .date(dates[column.name])
    case .days: .days
    }
  }

  /// How the column that it counts from is read; unknown for days of the calendar.
  package func anchorKind(_ dates: DateKinds) -> DateKind {
    var kind = column.map { dates[$0] } ?? .unknown
    if case .everyLunarDate = self.kind { kind.needsLunarYear = end.times != nil }
    return kind
  }

  /// Whether the values of its column sort by what they mean, so that an index finds the rows that are due.
  package func sorts(_ kind: DateKind) -> Bool {
    kind.order == nil && kind.shortYears == nil && kind.needsLunarYear == nil
  }

  /// The schedule of a row.
  package func of(_ row: RowValues, as dates: DateKinds) throws(UnusableColumn) -> RowSchedule {
    guard let column else { throw UnusableColumn(column: "", reason: .null) }
    let anchor = try read(column, of: row) { (value) throws(Anchor.Unusable) in
      try Anchor(value, as: anchorKind(dates))
    }
    var last: Anchor?
    if let name = end.column {
      do throws(UnusableColumn) {
        last = try read(name, of: row) { (value) throws(Anchor.Unusable) in
          try Anchor(value, as: dates[name])
        }
      } catch  where error.reason.meansNothing {
        // No date, no end.
        last = nil
      }
    }
    guard case .everyDays(let name, _) = kind else {
      return RowSchedule(schedule: last == nil ? self : of(days: nil, last: last), anchor: anchor)
    }
    let days = try read(name, of: row) { (value) throws(Anchor.Unusable) in try Schedule.days(value)
    }
    return RowSchedule(schedule: of(days: days, last: last), anchor: anchor)
  }

  private func read<Read>(
    _ column: String, of row: RowValues, _ body: (Value) throws(Anchor.Unusable) -> Read
  ) throws(UnusableColumn) -> Read {
    do throws(Anchor.Unusable) {
      return try body(row.value(ofColumn: column) ?? .null)
    } catch {
      throw UnusableColumn(column: column, reason: error)
    }
  }

  /// The number of days that a value tells, up to a hundred years.
  static func days(_ value: Value) throws(Anchor.Unusable) -> Int {
    let number: Double
    switch value {
    case .null: throw .null
    case .blob: throw .noPeriod
    case .integer(let whole): number = Double(whole)
    case .real(let real): number = real
    case .text(let text):
      if text.trimmed.isEmpty { throw .empty }
      guard let read = Double(text.trimmed) else { throw .noPeriod }
      number = read
    }
    guard let days = Int(exactly: number), (1...mostDaysBetween).contains(days) else {
      throw .noPeriod
    }
    return days
  }

  /// A hundred years, as for all periods.
  private static let mostDaysBetween = 36_600
}
