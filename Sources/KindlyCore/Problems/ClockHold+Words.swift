extension ClockHold {
  /// What is wrong with the clock, with times in a zone.
  package func words(in zone: Zone) -> String {
    switch self {
    case .unsynchronised: "this machine has just started, and no time server has set its clock yet"
    case .beforeBuild(let time):
      "this machine's clock shows a time before \(zone.text(of: time)), when this version of kindly was made"
    case .beforeLast(let time):
      "this machine's clock shows a time before \(zone.text(of: time)), which the ledger has already recorded"
    case .farAhead(let time):
      """
      this machine's clock is far ahead of \(zone.text(of: time)), the last time in the ledger, and no time server \
      confirms it
      """
    case .stepped(let by):
      "this machine's clock was set \(by < .zero ? "back" : "forward") by \(by.lengthText)"
    }
  }

  /// What ends the hold.
  package var advice: String {
    switch self {
    case .unsynchronised:
      "kindly continues once a time server answers, or \(ClockGuard.patience.wholeMinutes) minutes after the start"
    case .beforeBuild, .beforeLast:
      "set the clock, or, if it is right, run `kindly clock accept --because …`"
    case .farAhead:
      "check `date`; set the clock if it is wrong, or run `kindly clock accept --because …` if it is right"
    case .stepped:
      """
      kindly continues when the clock has been stable for \(ClockGuard.settling.wholeMinutes) minutes with a time server, or \
      for \(ClockGuard.settlingAlone.wholeMinutes) minutes without one if it was set by at most \
      \(ClockGuard.farthestAlone.wholeMinutes / 60) hours in all; if the clock is right, run `kindly clock accept --because …` \
      to continue at once
      """
    }
  }
}

extension Duration {
  fileprivate var wholeMinutes: Int64 { wholeMilliseconds / 60_000 }
}
