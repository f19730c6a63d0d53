package import KindlyConfig
package import KindlyCore
package import KindlyDaemon
package import KindlyTemplates

/// Says who gets what, when and over which channel, if neither data nor configuration change.
///
/// It searches rows, decides about plans and asks the gate with the code that sends. Pauses and holds count as they are
/// now. It sees no failure of a channel, and no change that is yet to happen.
package struct Forecast {
  let inquiry: CustomerInquiry
  /// Nil where nothing is planned or sent yet.
  let ledger: (any ForecastingLedger)?
  /// The last instant that is looked at.
  let through: Instant
  /// Of rules that the ledger knows.
  let standings: [ExactText: RuleStanding]
  /// Whose reminders alone are of interest; nil for everyone's.
  let customer: RowKey?
  /// The letters in which the segments of text messages are counted; nil if segments are not counted.
  let letters: TemplateLibrary?
  /// How many reminders of a rule may be held to compare them with later ones; with more, shorter stretches of time are
  /// searched.
  let mostHeld: Int
  /// Of watches that the ledger knows.
  private let watches: [ExactText: WatchStanding]
  private let pauses: [Pause]
  private let channels: [ExactText: ChannelSettings]
  let channelNames: [ExactText]

  /// So many reminders are held by default: about 50 MB.
  package static let mostHeld = 100_000

  /// There is more than the caller wants to wait for.
  package struct TooMuch: Error {}

  package var configuration: Configuration { inquiry.configuration }
  package var now: Instant { inquiry.now }

  package init(
    _ inquiry: CustomerInquiry, ledger: (any ForecastingLedger)?, through: Instant,
    customer: RowKey? = nil, letters: TemplateLibrary? = nil, mostHeld: Int = Forecast.mostHeld
  ) async throws {
    self.inquiry = inquiry
    self.ledger = ledger
    self.through = through
    self.customer = customer
    self.letters = letters
    self.mostHeld = mostHeld
    standings = try await ledger?.ruleStandings() ?? [:]
    watches = try await ledger?.standings() ?? [:]
    pauses = try await ledger?.pauses(now: inquiry.now) ?? []
    channels = Dictionary(
      uniqueKeysWithValues: inquiry.configuration.channels.map { (ExactText($0.name), $0) })
    channelNames = channels.keys.sorted()
  }

  /// Gives the reminders of a rule to `body`, some at a time and in no particular order.
  ///
  /// Returns the rows that a condition fails on; their reminders wait, and are not among those given.
  ///
  /// - Parameter most: how many reminders are found before `TooMuch` is thrown.
  package func entries(
    of rule: Rule, most: Int = .max, _ body: ([ForecastEntry]) throws -> Void
  ) async throws -> [RowFault] {
    guard let watch = configuration.watch(named: rule.watch) else { return [] }
    var search = RuleForecast(
      forecast: self, rule: rule, watch: watch, source: try inquiry.source(of: watch), most: most)
    try await search.run(body)
    return search.faults
  }

  /// The days on which the fuse of a rule would hold what was counted.
  package func floods(of rule: Rule, _ counted: FuseForecast) async throws -> [BlownFuse] {
    try await counted.floods(ledger, knownAs: standing(of: rule)?.name ?? rule.name)
  }

  /// The name by which the ledger knows a rule, and its standing; nil where it never saw the rule.
  func standing(of rule: Rule) -> (name: String, RuleStanding)? {
    ([rule.name] + rule.formerNames).lazy.compactMap { name in
      standings[name].map { (name, $0) }
    }.first
  }

  /// Whether the reminders of a watch are held until a person accepts or ignores its changes.
  func holds(_ watch: String) -> Bool { watches[watch]?.anyHold != nil }

  /// A channel as a way out for a step's reminders, and the address that it needs; nil where it is not configured.
  func way(
    over channel: String, rule: String, _ step: Step, to person: Person
  ) -> (address: AddressKind, way: Departure.Way)? {
    channels[channel].map { settings in
      let way = Departure.Way(
        hours: configuration.hours(of: step, over: settings, calendar: person.calendar),
        pausedUntil: pauses.end(rule: rule, channel: channel, now: now))
      return (settings.address, way)
    }
  }
}
