package import KindlyConfig
package import KindlyCore

/// A source with everything that rules ask of it.
package typealias CustomerSource = LookingSource & AskingSource & ExplainingSource
  & InspectingSource

/// The customer databases of a configuration: its sources, what is watched in them, and how their dates are read.
///
/// The daemon works with them, and what explains, checks or surveys asks them.
package struct CustomerDatabases: Sendable {
  /// The sources that could be made; nothing is opened before the first question.
  package let sources: [ExactText: any CustomerSource]
  /// Why the others could not be made.
  private let faults: [ExactText: any Error]
  package let watches: [ExactText: Watch]
  package let directory: PeopleDirectory?
  package let colleagues: ColleagueDirectory?
  package let teams: [Team]
  /// The company's zone.
  package let zone: Zone
  /// The zone of wall times in each source.
  private let sourceZones: [ExactText: Zone]
  private let defaultTime: TimeOfDay
  /// The schedules of each watch's rules, which say how its columns are read.
  private let schedules: [ExactText: [Schedule]]
  /// The columns of each watch that end the use of reminders.
  private let useColumns: [ExactText: [String]]
  /// The date kinds of columns; detected anew for each configuration.
  package let dates = DateBoard()
  /// The lists that take too long; each new configuration tries them again.
  let lists = ListBoard()
  /// The watches that take too long; each new configuration asks about them again.
  let slowWatches = SlowWatchBoard()

  package init(
    sources: [any CustomerSource], faults: [ExactText: any Error] = [:],
    sourceZones: [ExactText: Zone], watches: [Watch], rules: [Rule],
    directory: PeopleDirectory?, colleagues: ColleagueDirectory? = nil, teams: [Team] = [],
    zone: Zone, defaultTime: TimeOfDay
  ) {
    self.sources = Dictionary(uniqueKeysWithValues: sources.map { (ExactText($0.name), $0) })
    self.faults = faults
    self.sourceZones = sourceZones
    self.watches = Dictionary(uniqueKeysWithValues: watches.map { (ExactText($0.name), $0) })
    self.directory = directory
    self.colleagues = colleagues
    self.teams = teams
    self.zone = zone
    self.defaultTime = defaultTime
    useColumns = Dictionary(grouping: rules) { ExactText($0.watch) }.mapValues { rules in
      rules.flatMap(\.steps).compactMap(\.late.column)
    }
    schedules = Dictionary(grouping: rules) { ExactText($0.watch) }.mapValues { rules in
      rules.flatMap(\.steps).compactMap(\.when.schedule)
    }
  }

  /// The databases of a configuration. A source that cannot be made fails only those who ask it.
  package init(_ configuration: Configuration, environment: [String: String]) {
    var sources: [any CustomerSource] = []
    var faults: [ExactText: any Error] = [:]
    for settings in configuration.sources {
      do {
        sources.append(try SourceAssembly.source(settings, environment: environment))
      } catch {
        faults[ExactText(settings.name)] = error
      }
    }
    if configuration.asksLedger { sources.append(SourceAssembly.ledger(of: configuration)) }
    self.init(
      sources: sources, faults: faults,
      sourceZones: Dictionary(
        uniqueKeysWithValues: configuration.sources.map { (ExactText($0.name), $0.timezone) }),
      watches: configuration.watches, rules: configuration.rules,
      directory: configuration.customers, colleagues: configuration.colleagues,
      teams: configuration.teams, zone: configuration.timezone,
      defaultTime: configuration.defaultTime)
  }

  /// Throws why a source could not be made, where one could not.
  func requireAll() throws {
    if let fault = faults.min(by: { $0.key < $1.key }) { throw fault.value }
  }

  /// The source of a name; throws why it could not be made.
  package func source(named name: String) throws -> any CustomerSource {
    if let fault = faults[name] { throw fault }
    guard let source = sources[name] else {
      throw SourceProblem(.unreachable, "the configuration has no source \(name)")
    }
    return source
  }

  /// The customers' own watch.
  package var home: Watch? { directory.flatMap { watches[$0.watch] } }

  package func clock(at now: Instant) -> QueryClock { QueryClock(now: now, zone: zone) }

  /// The context for reading dates of a watch's rows, by a person's clock and calendar; nil for nobody in particular.
  package func momentContext(of watch: Watch, for timekeeper: Person?) -> MomentContext {
    momentContext(of: watch, zone: timekeeper?.zone, calendar: timekeeper?.calendar)
  }

  /// The same for a person in a zone, with the calendar that their row names.
  func momentContext(
    of watch: Watch, zone ownZone: Zone?, calendar: ExactText?
  ) -> MomentContext {
    MomentContext(
      zone: ownZone ?? zone, sourceZone: sourceZone(of: watch), defaultTime: defaultTime,
      calendar: calendar)
  }

  /// The zone of wall times in a watch.
  package func sourceZone(of watch: Watch) -> Zone { sourceZones[watch.source] ?? zone }

  /// What the columns of a watch hold.
  package func dates(
    of watch: Watch, in source: any AskingSource, now: Instant
  ) async throws(SourceProblem) -> DateKinds {
    try await dates.kinds(
      of: watch, schedules: schedules[watch.name] ?? [], and: useColumns[watch.name] ?? [],
      in: source,
      zone: sourceZone(of: watch), now: now)
  }

  /// How customers are found.
  ///
  /// - Parameter segments: a customer's entry holds only if they are in all of these, too.
  package func lookup(now: Instant, in segments: [Segment] = []) -> PeopleLookup {
    PeopleLookup(
      directory: directory, watch: home, source: home.flatMap { sources[$0.source] },
      segments: segments, clock: clock(at: now))
  }

  /// The colleagues' watch; nil if there is none, or if the configuration lists them.
  package var staff: Watch? { colleagues.flatMap { watches[$0.people.watch] } }

  /// How recipients are found.
  package func recipients(now: Instant) -> RecipientLookup {
    RecipientLookup(
      search: RecipientSearch(customers: directory, colleagues: colleagues, teams: teams),
      directory: colleagues,
      staff: PeopleLookup(
        directory: colleagues?.people, watch: staff,
        source: staff.flatMap { sources[$0.source] }, clock: clock(at: now)))
  }

  /// How the people are found by whose clocks the moments of a step are counted.
  package func timekeepers(of step: Step, now: Instant) -> Timekeepers {
    Timekeepers(
      of: step, customers: directory, colleagues: colleagues?.people, lookup: recipients(now: now))
  }

  package func close() async {
    for source in sources.values { await source.close() }
  }
}
