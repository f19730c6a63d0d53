extension NaiveModel {
  /// What a letter shows of what rules can say; several of them at once.
  enum Sort: String, CaseIterable {
    case delayed = "delayed changes"
    case eitherChange = "insert or update"
    case monthly
    case byAmount = "days from a column"
    case lastOfTimes = "the last of so many times"
    case withLastDay = "until a column"
    case workdays
    case movedByDayOff = "moved by a day off"
    case missingDate = "for a missing date"
    case atOtherPace = "at an edited pace"
    case correction = "corrections"
    case lateAddress = "after an address was added"

    /// How many two hundred stories send at least; far fewer than one expects.
    var floor: Int {
      switch self {
      case .missingDate: 1
      case .lastOfTimes, .withLastDay: 3
      case .delayed, .eitherChange, .monthly, .byAmount, .workdays, .movedByDayOff, .atOtherPace,
        .correction, .lateAddress:
        5
      }
    }
  }

  struct Count {
    var turns = 0
    var sent = 0
    /// Letters that applied at some turn.
    var applied = 0
    /// Those of them that quiet hours, refusals and failures held for the whole of their use.
    var tooLate = 0
    /// Those of them of which the definitions leave open whether they are sent, and that were not.
    var leftOpen = 0
    /// How many were sent of each sort.
    var sorts: [Sort: Int] = [:]

    mutating func add(_ occurrence: Occurrence, hadToWait: Bool) {
      sent += 1
      for sort in occurrence.sorts + (hadToWait ? [.lateAddress] : []) {
        sorts[sort, default: 0] += 1
      }
    }
  }
}

extension Occurrence {
  var sorts: [NaiveModel.Sort] {
    var sorts: [NaiveModel.Sort] = []
    switch step.when {
    case .change(let change, let delay):
      if delay != nil { sorts.append(.delayed) }
      if case .insertOrUpdate = change { sorts.append(.eitherChange) }
    case .workdaysBefore: sorts.append(.workdays)
    case .everyAmountOfDays: sorts.append(.byAmount)
    case .everyMonthOn: sorts.append(.monthly)
    case .on, .before, .after, .every, .everyYearOn: break
    }
    if let number, let times = step.end.times {
      let first =
        switch step.when {
        case .everyMonthOn, .everyYearOn: 0
        case .change, .on, .before, .after, .workdaysBefore, .every, .everyAmountOfDays: 1
        }
      if number == first + times - 1 { sorts.append(.lastOfTimes) }
    }
    if step.end.until != nil { sorts.append(.withLastDay) }
    switch shift {
    case .none: break
    case .dayOff: sorts.append(.movedByDayOff)
    case .missingDate: sorts.append(.missingDate)
    }
    if case .every = step.when, cycle.contains("/") { sorts.append(.atOtherPace) }
    if onlyLeg != nil { sorts.append(.correction) }
    return sorts
  }
}

extension NaiveModel.Count {
  static func += (left: inout NaiveModel.Count, right: NaiveModel.Count) {
    left.turns += right.turns
    left.sent += right.sent
    left.applied += right.applied
    left.leftOpen += right.leftOpen
    left.tooLate += right.tooLate
    left.sorts.merge(right.sorts, uniquingKeysWith: +)
  }

  var words: String {
    let sorts = NaiveModel.Sort.allCases.map { "\(self.sorts[$0] ?? 0) \($0.rawValue)" }
    let all =
      "\(turns) turns, \(applied) letters that applied, \(sent) sent, \(tooLate) held for all of their use, \(leftOpen) left open by the definitions"
    return "\(all); of those sent: \(sorts.joined(separator: ", "))"
  }
}
