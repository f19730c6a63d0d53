import KindlyConfig
import KindlyCore

/// A first rule and its letter, which fit the tables that were found.
struct StarterRule {
  /// The occasion for the rule.
  private enum Occasion {
    case ending(String)
    case beginning(String)
    case birthday(String)
    case date(String)
    /// No table has a date with a reminder still to come.
    case welcome

    var column: String? {
      switch self {
      case .ending(let column), .beginning(let column), .birthday(let column), .date(let column):
        column
      case .welcome: nil
      }
    }

    /// When its reminder comes; nil for the welcome, which answers an insert.
    var schedule: Schedule? {
      switch self {
      case .ending(let column): Schedule(.before(Period(14, .day)), column: column)
      case .beginning(let column): Schedule(.after(Period(7, .day)), column: column)
      case .birthday(let column): Schedule(.everyYearOn, column: column)
      case .date(let column): Schedule(.before(Period(3, .day)), column: column)
      case .welcome: nil
      }
    }

    /// Whether one of the dates has its reminder after a day; a rule without one would send nothing. A column without any
    /// dates yet will get them.
    func hasMoment(after today: CivilDate, dates: AnchorCensus) -> Bool {
      guard let schedule, let last = dates.last, let noon = TimeOfDay(hour: 12, minute: 0) else {
        return true
      }
      let context = MomentContext(zone: .utc, sourceZone: .utc, defaultTime: noon)
      let tomorrow = Zone.utc.instant(of: WallClock(date: today.adding(days: 1), secondOfDay: 0))
      return schedule.next(of: .date(last), after: tomorrow, late: .standard, in: context) != nil
    }
  }

  /// The rule's name, and its letter's.
  let name: String
  private let occasion: Occasion
  private let watch: String
  private let status: String?
  private let answers: FirstAnswers

  /// The rule that fits the answers best; a date before `today` is over.
  init(_ answers: FirstAnswers, today: CivilDate) {
    let blocks = ConfigurationBlocks(source: answers.source, proposal: answers.proposal)
    let occasions = blocks.all.compactMap { watch in
      StarterRule.occasion(of: watch.watched, today: today).map { (watch, $0) }
    }
    // A date at which something ends is what people are reminded of most.
    let chosen =
      occasions.first { if case .ending = $0.1 { true } else { false } } ?? occasions.first
    self.answers = answers
    occasion = chosen?.1 ?? .welcome
    watch = chosen?.0.name ?? blocks.customersName
    let survey = (chosen?.0.watched ?? answers.proposal.customers).survey
    status = survey.columns.first { ColumnReading($0).roles[.status] != nil }?.sqlName
    name =
      switch occasion {
      case .ending: "ending"
      case .beginning: "care"
      case .birthday: "birthday"
      case .date: "reminder"
      case .welcome: "welcome"
      }
  }

  /// The occasion of the first date column that has a reminder still to come.
  private static func occasion(
    of watched: CustomerProposal.Watched, today: CivilDate
  ) -> Occasion? {
    watched.dates.lazy.compactMap { column in
      watched.survey.column(column).flatMap { survey in
        let occasion = occasion(of: survey)
        return occasion.hasMoment(after: today, dates: survey.tally.dates) ? occasion : nil
      }
    }.first
  }

  private static func occasion(of survey: ColumnSurvey) -> Occasion {
    let roles = ColumnReading(survey).roles
    if roles[.begins] != nil, roles[.ends] == nil { return .beginning(survey.name) }
    if roles[.birthday] != nil, roles[.ends] == nil { return .birthday(survey.name) }
    return roles[.ends] != nil ? .ending(survey.name) : .date(survey.name)
  }

  // MARK: The rule

  private var when: When { occasion.schedule.map(When.dated) ?? .insert }

  /// The channel; without email addresses a colleague is told through the inbox.
  private var channel: String { answers.proposal.columns[.email] == nil ? "inbox" : "email" }

  /// The file of rules.d.
  var text: String {
    let condition = "\(status ?? "status") = 'active'"
    return """
      # A first rule, written by `kindly init`. Change it, copy it, and run `kindly check`.
      rules:
        - name: \(name)
          watch: \(watch)
          # Only for rows that match this condition, in the SQL of the database:
          # if: |
          #   \(condition)
          send: \(channel)
          when: \(when.text)
          template: \(name)

      """
  }

  // MARK: The letter

  /// The letter in a language; a date that cannot be read leaves its sentence out.
  ///
  /// A variant has its language in its file's name, and the letter for everyone has it in its head.
  func letter(_ language: LetterLanguage, isVariant: Bool = false) -> String {
    let words = StarterWords(language, signature: answers.sender?.name ?? "")
    let date = occasion.column.flatMap(StarterRule.tag)
    let head = language == .chinese && !isVariant ? "language: zh-Hans\n" : ""
    return """
      ---
      subject: "\(words.subject(of: name, date: date))"
      \(head)---
      \(words.greeting(hasName: answers.proposal.columns[.name] != nil))
      \(words.body(of: name, date: date))
      \(words.farewell)

      """
  }

  /// The tag for a date in a letter; nil if the column's name would be read as something else in a template.
  private static func tag(_ column: String) -> String? {
    let isPlain = column.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " }
    return isPlain ? "{{date(this.\(column))}}" : nil
  }
}
