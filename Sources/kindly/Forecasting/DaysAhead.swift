import ArgumentParser

/// How far a verb looks ahead.
struct DaysAhead: ParsableArguments {
  @Option(help: "How many days to look ahead, up to 366.")
  var days = 30

  func validate() throws {
    guard (1...366).contains(days) else {
      throw ValidationError("expected --days to be a number from 1 to 366, got \(days)")
    }
  }
}
