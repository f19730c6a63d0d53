package import KindlyConfig
package import KindlyCore
package import KindlyTemplates
import Synchronization

/// A source with everything that rules ask of it.
package typealias CustomerSource = LookingSource & AskingSource & ExplainingSource
  & InspectingSource

/// One loaded configuration, ready to work with; immutable, and swapped whole at a reload.
package struct Generation: Sendable {
  /// The number under which the ledger archived its configuration.
  package let number: Int64
  /// The configuration it was made from; nil if it was assembled by hand.
  package let configuration: Configuration?
  /// Counts the generations of this process; a reload of the same text is a new one all the same.
  package fileprivate(set) var serial = 0
  package let rules: [ExactText: Rule]
  package let watches: [ExactText: Watch]
  package let sources: [ExactText: any CustomerSource]
  /// The zone of wall times in each source.
  package let sourceZones: [ExactText: Zone]
  package let directory: CustomerDirectory?
  package let outlets: [ExactText: Outlet]
  package let letters: TemplateLibrary
  /// The date kinds of columns; each generation detects them anew.
  package let dates = DateBoard()
  package let zone: Zone
  package let defaultTime: TimeOfDay

  package init(
    number: Int64, rules: [Rule], watches: [Watch], sources: [any CustomerSource],
    sourceZones: [ExactText: Zone], directory: CustomerDirectory?, outlets: [Outlet],
    letters: TemplateLibrary, zone: Zone, defaultTime: TimeOfDay,
    configuration: Configuration? = nil
  ) {
    self.number = number
    self.configuration = configuration
    self.rules = Dictionary(uniqueKeysWithValues: rules.map { (ExactText($0.name), $0) })
    self.watches = Dictionary(uniqueKeysWithValues: watches.map { (ExactText($0.name), $0) })
    self.sources = Dictionary(uniqueKeysWithValues: sources.map { (ExactText($0.name), $0) })
    self.sourceZones = sourceZones
    self.directory = directory
    self.outlets = Dictionary(
      uniqueKeysWithValues: outlets.map { (ExactText($0.channel.name), $0) })
    self.letters = letters
    self.zone = zone
    self.defaultTime = defaultTime
  }

  /// The rules in a fixed order, so that each run does the same.
  package var orderedRules: [Rule] { rules.sorted { $0.key < $1.key }.map(\.value) }

  /// What the ledger must know of the rules.
  package var activations: [RuleActivation] { orderedRules.map(RuleActivation.init) }

  package func source(of watch: Watch) -> (any CustomerSource)? { sources[watch.source] }

  /// The watches of a source in a fixed order.
  func watches(of source: any CustomerSource) -> [Watch] {
    watches.filter { $0.value.source.isExactly(source.name) }.sorted { $0.key < $1.key }
      .map(\.value)
  }

  /// What the columns of a watch hold.
  package func dates(of watch: Watch, now: Instant) async throws(SourceProblem) -> DateKinds {
    guard let source = source(of: watch) else { return DateKinds() }
    return try await dates.kinds(
      of: watch, columns: rules.values.dateColumns(of: watch.name), in: source,
      zone: sourceZones[watch.source] ?? zone, now: now)
  }

  package func clock(at now: Instant) -> QueryClock { QueryClock(now: now, zone: zone) }

  /// The context for reading dates of a watch's rows, for a customer in a zone.
  package func momentContext(of watch: Watch, zone customerZone: Zone?) -> MomentContext {
    MomentContext(
      zone: customerZone ?? zone, sourceZone: sourceZones[watch.source] ?? zone,
      defaultTime: defaultTime)
  }
}

extension Collection<Rule> {
  /// The date columns that the rules of a watch go by.
  package func dateColumns(of watch: String) -> [String] {
    filter { $0.watch.isExactly(watch) }.flatMap(\.steps)
      .compactMap { $0.when.schedule?.column }
  }
}

/// A channel with the manners that its configuration gives it.
package struct Outlet: Sendable {
  package let channel: any Channel
  /// How many hand-overs at once.
  package let concurrency: Int
  /// The shortest time between two hand-overs; nil where there is no rate.
  package let interval: Duration?
  /// The quiet hours that hold for it, its own or everyone's.
  package let quietHours: DailyWindow?
  /// How long one hand-over may take.
  package let deadline: Duration

  package init(
    channel: any Channel, concurrency: Int, interval: Duration? = nil,
    quietHours: DailyWindow? = nil, deadline: Duration = ChannelSettings.standardDeadline
  ) {
    self.channel = channel
    self.concurrency = concurrency
    self.interval = interval
    self.quietHours = quietHours
    self.deadline = deadline
  }
}

/// Holds the generation that is at work.
package final class CurrentGeneration: Sendable {
  private let held: Mutex<Generation>

  package init(_ generation: Generation) {
    held = Mutex(generation)
  }

  package var value: Generation { held.withLock { $0 } }

  /// Puts another generation to work, with the next serial number.
  package func replace(with generation: Generation) {
    held.withLock { held in
      let serial = held.serial + 1
      held = generation
      held.serial = serial
    }
  }
}
