import ArgumentParser
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDesk

struct PlanVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what another configuration would send differently in the coming days.",
    discussion: """
      Compares the configuration in a folder with the one in use: how many reminders of each rule would be added, would no \
      longer leave, would leave at another time, or over another channel. Both are forecast with the data as it is now. \
      Nothing is sent or written.

      A reminder is the same if its rule, step, row and date are. Keep `was:` at a rule or step that you rename; otherwise \
      its reminders count as dropped and added, and would be sent again.

      --csv and --json print each difference, in no particular order.

      EXAMPLES
        cp -r /etc/kindly /root/kindly.new; vi /root/kindly.new/rules.d/20-trial.yaml
        kindly plan /root/kindly.new
        kindly plan /root/kindly.new --days 90 --csv
        kindly plan /root/kindly.new --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The folder of the other configuration.", completion: .directory)
  var folder: String

  @OptionGroup var ahead: DaysAhead

  @Flag(help: "Print comma-separated values: a line for each difference.")
  var csv = false

  @Flag(help: "Print JSON: an object for each difference.")
  var json = false

  func validate() throws {
    if csv && json { throw ValidationError("choose one of --csv and --json") }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let other = try ConfigurationLoader.load(folder: folder)
    let through = workplace.now + .days(ahead.days)
    let inquiries = [workplace.inquiry, CustomerInquiry(other, now: workplace.now)]
    var list = JSONList()
    let tallies = try await workplace.readingIfThere { ledger in
      let comparison = ForecastComparison(
        from: try await Forecast(inquiries[0], ledger: ledger, through: through),
        to: try await Forecast(inquiries[1], ledger: ledger, through: through))
      if csv { print(CSVOutput.line(PlanView.heading)) }
      if json { list.begin() }
      // A list that an error cuts short must be a whole JSON value, too.
      defer { if json { list.end() } }
      return try await comparison.tallies { change in
        if csv { print(CSVOutput.line(PlanView(change, workplace.time).cells)) }
        if json { try list.add(PlanView(change, workplace.time)) }
      }
    }
    for inquiry in inquiries { await inquiry.close() }
    if !csv && !json { print(text(of: tallies, through: through, workplace)) }
  }

  private func text(
    of tallies: [(rule: String, tally: ForecastComparison.Tally)], through: Instant,
    _ workplace: Workplace
  ) -> String {
    var table = Table([
      .init("rule"), .init("now", .right), .init("then", .right), .init("added", .right),
      .init("dropped", .right), .init("moved", .right), .init("other channel", .right),
      .init("held by fuse", .right),
    ])
    var sum = ForecastComparison.Tally()
    for (_, tally) in tallies { sum += tally }
    for (rule, tally) in tallies + [("total", sum)] {
      let counts = [
        tally.before, tally.after, tally.added, tally.dropped, tally.moved, tally.rerouted,
        tally.held,
      ]
      table.add([rule] + counts.map { "\($0)" })
    }
    let verdict =
      sum.isSame ? "nothing changes" : "the configuration in \(folder) changes these reminders"
    return "until \(workplace.time(through)), \(verdict)\n\n\(table.text)"
  }
}
