extension Schedule {
  /// The schedule in its canonical spelling.
  package var text: String {
    let name = WhenWords.spelling(column)
    let dated =
      switch kind {
      case .on: "on \(name)"
      case .before(let period): "\(period) before \(name)"
      case .after(let period): "\(period) after \(name)"
      case .every(let period): "every \(Schedule.each(period)) after \(name)"
      case .everyYearOn: "every year on \(name)"
      }
    return at.map { "\(dated) at \($0)" } ?? dated
  }

  func sentence(in watch: String) -> String {
    let name = "\(WhenWords.spelling(column)) in \(watch)"
    let dated =
      switch kind {
      case .on: "on the day of \(name)"
      case .before(let period): "\(period) before \(name)"
      case .after(let period): "\(period) after \(name)"
      case .every(let period): "every \(Schedule.each(period)) after \(name)"
      case .everyYearOn: "on the day of \(name) and each year on that day"
      }
    return at.map { "\(dated), at \($0)" } ?? dated
  }

  /// `year`, `2 weeks`.
  private static func each(_ period: Period) -> String {
    period.count == 1 ? period.unit.rawValue : period.description
  }
}
