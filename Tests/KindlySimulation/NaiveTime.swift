/// Dates and zones in the simplest way that is right from 2025 to 2029, apart from everything that is tested.
enum NaiveTime {
  static let day = 86_400

  /// The day's number since 1970, by the Julian day number of Fliegel and Van Flandern.
  static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shift = (month - 14) / 12
    let julian =
      (1461 * (year + 4800 + shift)) / 4 + (367 * (month - 2 - 12 * shift)) / 12
      - (3 * ((year + 4900 + shift) / 100)) / 4 + day - 32_075
    return julian - 2_440_588
  }

  /// The year, month and day of a day's number, found by trying.
  static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
    var year = 1970 + number / 366
    while self.number(year + 1, 1, 1) <= number { year += 1 }
    var month = 1
    while month < 12, self.number(year, month + 1, 1) <= number { month += 1 }
    return (year, month, number - self.number(year, month, 1) + 1)
  }

  static func length(_ year: Int, _ month: Int) -> Int {
    let next = month == 12 ? number(year + 1, 1, 1) : number(year, month + 1, 1)
    return next - number(year, month, 1)
  }

  /// The same day so many months later. In a month that is too short, its last day, the day after that, or nil.
  static func adding(months: Int, to day: Int, _ missing: SimMissing) -> Int? {
    let date = civil(day)
    let count = date.year * 12 + date.month - 1 + months
    let (year, month) = (count / 12, count % 12 + 1)
    let last = length(year, month)
    if date.day <= last { return number(year, month, date.day) }
    return switch missing {
    case .earlier: number(year, month, last)
    case .later: number(year, month, last) + 1
    case .skip: nil
    }
  }

  static func text(_ day: Int) -> String {
    let date = civil(day)
    return "\(date.year)-\(two(date.month))-\(two(date.day))"
  }

  /// `09:30`.
  static func clock(_ second: Int) -> String { "\(two(second / 3600)):\(two(second / 60 % 60))" }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// An instant in UTC, for people.
  static func stamp(_ instant: Int) -> String {
    "\(text(instant / day)) \(clock(instant % day)):\(two(instant % 60))"
  }
}

/// Where a customer lives.
enum Home: String, CaseIterable {
  case utc = "UTC"
  case shanghai = "Asia/Shanghai"
  case berlin = "Europe/Berlin"
  case newYork = "America/New_York"

  /// When summer time begins and ends, in UTC.
  private static let berlinSummers = [
    (NaiveTime.number(2025, 3, 30), NaiveTime.number(2025, 10, 26)),
    (NaiveTime.number(2026, 3, 29), NaiveTime.number(2026, 10, 25)),
    (NaiveTime.number(2027, 3, 28), NaiveTime.number(2027, 10, 31)),
    (NaiveTime.number(2028, 3, 26), NaiveTime.number(2028, 10, 29)),
  ].map { ($0 * NaiveTime.day + 3600, $1 * NaiveTime.day + 3600) }

  private static let newYorkSummers = [
    (NaiveTime.number(2025, 3, 9), NaiveTime.number(2025, 11, 2)),
    (NaiveTime.number(2026, 3, 8), NaiveTime.number(2026, 11, 1)),
    (NaiveTime.number(2027, 3, 14), NaiveTime.number(2027, 11, 7)),
    (NaiveTime.number(2028, 3, 12), NaiveTime.number(2028, 11, 5)),
  ].map { ($0 * NaiveTime.day + 7 * 3600, $1 * NaiveTime.day + 6 * 3600) }

  /// The seconds by which clocks are ahead of UTC.
  func offset(at instant: Int) -> Int {
    func isSummer(_ summers: [(Int, Int)]) -> Bool {
      summers.contains { $0.0 <= instant && instant < $0.1 }
    }
    switch self {
    case .utc: return 0
    case .shanghai: return 8 * 3600
    case .berlin: return isSummer(Home.berlinSummers) ? 7200 : 3600
    case .newYork: return isSummer(Home.newYorkSummers) ? -4 * 3600 : -5 * 3600
    }
  }

  /// What clocks show, in seconds since 1970.
  func local(_ instant: Int) -> Int { instant + offset(at: instant) }

  /// The first instant at which clocks show a time or, where it is skipped, the first after it.
  func instant(_ local: Int) -> Int {
    let offsets = Set([offset(at: local - NaiveTime.day), offset(at: local + NaiveTime.day)])
    let exact = offsets.map { local - $0 }.filter { self.local($0) == local }
    if let first = exact.min() { return first }
    // Skipped: the change itself, the first instant whose clock is past the time.
    var instant = local - (offsets.max() ?? 0)
    while self.local(instant) < local { instant += 60 }
    return instant
  }
}
