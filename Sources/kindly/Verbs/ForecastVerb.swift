import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk
import KindlyTemplates

struct ForecastVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Show who gets what in the coming days, when and over which channel.",
    discussion: """
      Counts the reminders that leave on each day if neither the data nor the configuration changes: those that wait already, \
      and those that the dates in the customer database and the calendar will bring. Conditions, addresses, suppressions, \
      quiet hours, pauses and holds of watches count as they are now. A condition that names :now or :today is asked as of \
      each day. Reminders of inserts, updates and deletes that are yet to happen cannot be known. Nothing is sent or written.

      If the fuse of a rule will hold a day's reminders, a warning names the day. The tables count them as if they left.

      The last table shows for each step how many reminders leave over each channel, and how many are not sent, and why. \
      --customer lists the reminders of one customer instead. --csv and --json print every reminder, in no particular order.

      If a channel has a price, another table shows the segments of text messages and their cost by day and channel. \
      Kindly writes some letters of each step and language for real rows and counts their segments. If a number depends on \
      letters that were not written, it begins with "about".

      --at shows what leaves from another time on. For a time in the past, what was sent since then is ignored.

      EXAMPLES
        kindly forecast
        kindly forecast --days 7 --rule trial
        kindly forecast --customer 42
        kindly forecast --at 2026-12-24 --days 1
        kindly forecast --csv > december.csv
      """)

  @OptionGroup var place: ConfigurationPlace

  @OptionGroup var ahead: DaysAhead

  @Option(help: "Only this rule.", completion: Known.rules)
  var rule: String?

  @Option(help: "Only reminders for this customer.")
  var customer: String?

  @Option(
    help: ArgumentHelp(
      "Look from this time on: 2026-12-24, \"2026-12-24 09:00\" or +7d.", valueName: "time"))
  var at: Since?

  @Flag(help: "Print comma-separated values: a line for each reminder.")
  var csv = false

  @Flag(help: "Print JSON: an object for each reminder.")
  var json = false

  func validate() throws {
    if csv && json { throw ValidationError("choose one of --csv and --json") }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let rules = try rule.map { [try workplace.rule($0)] } ?? workplace.configuration.rules
    let from = at?.instant(now: workplace.now, zone: workplace.zone) ?? workplace.now
    let through = from + .days(ahead.days)
    // What was sent after that time would be missing from a look back.
    let isPast = from < workplace.now
    let inquiry = CustomerInquiry(
      workplace.configuration, now: isPast ? from : workplace.now)
    let key = customer.map(workplace.customerKey)
    let prices = workplace.configuration.segmentPrices
    // Without a price, no sizes are counted, so no letters are needed.
    let letters = prices.isEmpty ? nil : try TemplateLibrary.load(workplace.configuration)
    var output = ForecastOutput(
      form: csv ? .csv : json ? .json : key == nil ? .table : .list, from: from, through: through,
      time: workplace.time, rules: rules, prices: prices)
    try await workplace.readingIfThere { ledger in
      let forecast = try await Forecast(
        inquiry, ledger: isPast ? nil : ledger, through: through, customer: key,
        letters: letters)
      output.begin()
      for rule in rules {
        do {
          var fuse = FuseForecast(of: rule, in: forecast)
          let faults = try await forecast.entries(of: rule) { entries in
            // Without --at, what is overdue leaves at once or stays.
            for entry in entries where at == nil || entry.time > from {
              fuse.add(entry)
              try output.add(entry)
            }
          }
          output.add(faults, of: rule)
          if key == nil { output.add(try await forecast.floods(of: rule, fuse), of: rule) }
        } catch let problem as SourceProblem {
          output.add(problem, of: rule)
        } catch {
          output.cutShort()
          throw error
        }
      }
    }
    await inquiry.close()
    output.end()
    if let failure = output.failure { throw ExitCode(failure.code.rawValue) }
  }
}
