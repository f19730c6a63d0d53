import Foundation
import Glibc
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk

extension Benchmark {
  /// The forecast of a month for a million customers and twenty rules.
  static let forecast = Benchmark(
    name: "forecast", summary: "a forecast of 30 days: 1,000,000 customers, 20 rules"
  ) { workshop in
    let company = Company(folder: try workshop.folder("forecast"))
    // Dates over two years, half of them to come.
    let date = "date('now', (id % 730 - 365) || ' days')"
    try company.make(rows: 1_000_000, remindAt: date)
    try company.configure(
      when: "on remind_at", email: "{ type: inbox }", rules: ForecastChild.rules)
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = [ForecastChild.option, company.folder]
    let output = Pipe()
    child.standardOutput = output
    let began = ContinuousClock.now
    try child.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    child.waitUntilExit()
    let time = ContinuousClock.now - began
    let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    guard child.terminationStatus == 0, numbers.count == 2 else {
      throw BenchProblem("the forecast failed: \(text)")
    }
    return [
      .figure(
        "forecast of 30 days: \(Figures.grouped(Double(numbers[0]))) reminders", time.seconds, "s",
        most: 60),
      .figure(
        "forecast of 30 days: largest resident memory", Double(numbers[1]) / 1024, "MB", most: 200),
    ]
  }
}

/// The process that makes the forecast, so that its memory is its own.
enum ForecastChild {
  static let option = "--forecast"

  /// Nineteen more rules than the one that every company has.
  static var rules: String {
    (1...19).map { number in
      let when =
        switch number % 4 {
        case 0: "every year on remind_at"
        case 1: "\(number) days before remind_at"
        case 2: "\(number) days after remind_at at 10:00"
        default: "every \(number) months after remind_at"
        }
      return """
          - name: rule-\(number)
            watch: customers
            if: status = 'trial'
            when: \(when)
            send: email
            template: reminder
        """
    }.joined(separator: "\n")
  }

  /// Prints how many reminders leave, and the largest resident memory in KB.
  static func run(in folder: String) async throws {
    let configuration = try ConfigurationLoader.load(folder: folder)
    let now = SystemClock().now
    let inquiry = CustomerInquiry(configuration, now: now)
    let forecast = try await Forecast(inquiry, ledger: nil, through: now + .days(30))
    var count = ForecastCount(zone: configuration.timezone)
    for rule in configuration.rules {
      _ = try await forecast.entries(of: rule) { entries in
        for entry in entries { count.add(entry) }
      }
    }
    await inquiry.close()
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("\(count.leaving) \(usage.ru_maxrss)")
  }
}
