import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk

struct ChannelList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the channels: state, waiting reminders, last success and last error.",
    discussion: """
      Kindly keeps retrying a channel that is down. `waiting` counts the reminders that the channel is to send next, \
      due or not. The last error quotes the other side, and says what to do about it.

      EXAMPLES
        kindly channel list
        kindly channel list --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let workplace = try await place.workplace()
    let now = SystemClock().now
    let overviews = try await workplace.readingIfThere { ledger in
      try await ChannelOverview.all(workplace.configuration, ledger: ledger, now: now)
    }
    if json { return try JSONOutput.print(overviews.map { ChannelView($0, workplace.time) }) }
    guard !overviews.isEmpty else { return print("no channel is configured") }
    var table = Table([
      .init("channel"), .init("type"), .init("state"), .init("waiting", .right),
      .init("sent in 24 h", .right), .init("last sent"),
      .init("rate"),
    ])
    for overview in overviews {
      table.add([
        overview.channel.name, overview.channel.typeWord, state(overview, workplace),
        String(overview.waiting), String(overview.sent),
        overview.lastSent.map { workplace.time($0) } ?? "",
        overview.channel.rate?.description ?? "",
      ])
    }
    print(table.text)
    for overview in overviews {
      guard let failure = overview.lastFailure else { continue }
      print(
        "\(overview.channel.name): last error \(workplace.time(failure.at)): "
          + "\(failure.outcome.word): \(OneLine.text(failure.text))")
    }
  }

  private func state(_ overview: ChannelOverview, _ workplace: Workplace) -> String {
    switch overview.state {
    case .up: "up"
    case .paused(let pause):
      pause.until.map { "paused until \(workplace.time($0))" } ?? "paused"
    case .down(let since, nil): "down since \(workplace.time(since))"
    case .down(let since, let until?):
      "down since \(workplace.time(since)), retry \(workplace.time(until))"
    }
  }
}

/// A channel for scripts.
private struct ChannelView: Encodable {
  struct Failure: Encodable {
    let at: String
    let outcome: String
    let text: String
  }

  let channel: String
  let type: String
  let state: String
  let since: String?
  let until: String?
  let waiting: Int
  let sentInADay: Int
  let lastSent: String?
  let lastError: Failure?

  init(_ overview: ChannelOverview, _ time: TimeText) {
    channel = overview.channel.name
    type = overview.channel.typeWord
    switch overview.state {
    case .up: (state, since, until) = ("up", nil, nil)
    case .paused(let pause):
      (state, since, until) = ("paused", time.stamp(pause.since), time.stamp(pause.until))
    case .down(let began, let end):
      (state, since, until) = ("down", time.stamp(began), time.stamp(end))
    }
    waiting = overview.waiting
    sentInADay = overview.sent
    lastSent = time.stamp(overview.lastSent)
    lastError = overview.lastFailure.map {
      Failure(at: time.stamp($0.at), outcome: $0.outcome.word, text: $0.text)
    }
  }
}
