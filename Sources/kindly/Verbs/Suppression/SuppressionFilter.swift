import ArgumentParser
import KindlyCore

/// Selects suppressed addresses for a verb; all given criteria must match.
struct SuppressionFilter: ParsableArguments {
  @Option(help: ArgumentHelp("Only those found at this customer.", valueName: "id"))
  var customer: String?

  @Option(help: "Only those that this channel refused.", completion: Known.channels)
  var channel: String?

  @Option(help: "Only those suppressed since: 2026-02-10, \"2026-02-10 09:30\", or 3d.")
  var since: Since?

  func selection(_ workplace: Workplace, names: [String] = []) -> SuppressionSelection {
    SuppressionSelection(
      names: names.map(\.trimmedOfInvisible),
      customer: customer.map { workplace.customerKey($0).text }, channel: channel,
      since: since?.instant(now: workplace.now, zone: workplace.zone))
  }
}
