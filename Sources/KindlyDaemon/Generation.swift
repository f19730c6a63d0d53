package import KindlyConfig
package import KindlyCore
package import KindlyTemplates
import Synchronization

/// One loaded configuration, ready to work with; immutable, and swapped whole at a reload.
package struct Generation: Sendable {
  /// The number under which the ledger archived its configuration.
  package internal(set) var number: Int64
  /// The configuration it was made from; nil if it was assembled by hand.
  package let configuration: Configuration?
  /// Counts the generations of this process; a reload of the same text is a new one all the same.
  package fileprivate(set) var serial = 0
  package let rules: [ExactText: Rule]
  package let databases: CustomerDatabases
  package let outlets: [ExactText: Outlet]
  /// The names of all channels, in a fixed order.
  package let channelNames: [ExactText]
  package let letters: TemplateLibrary
  /// Where replies and bounces are read; nil where they are not.
  package let answers: AnswerSetting?

  package init(
    number: Int64, rules: [Rule], databases: CustomerDatabases, outlets: [Outlet],
    letters: TemplateLibrary, configuration: Configuration? = nil, answers: AnswerSetting? = nil
  ) {
    self.answers = answers
    self.number = number
    self.configuration = configuration
    self.rules = Dictionary(uniqueKeysWithValues: rules.map { (ExactText($0.name), $0) })
    self.databases = databases
    self.outlets = Dictionary(
      uniqueKeysWithValues: outlets.map { (ExactText($0.channel.name), $0) })
    channelNames = self.outlets.keys.sorted()
    self.letters = letters
  }

  /// The rules in a fixed order, so that each run does the same.
  package var orderedRules: [Rule] { rules.sorted { $0.key < $1.key }.map(\.value) }

  /// What the ledger must know of the rules.
  package var activations: [RuleActivation] { orderedRules.map(RuleActivation.init) }

  package var watches: [ExactText: Watch] { databases.watches }
  package var sources: [ExactText: any CustomerSource] { databases.sources }
  package var directory: PeopleDirectory? { databases.directory }

  /// Whether all mail goes to one address, which answers for nobody else.
  var isRedirected: Bool { configuration.map { !$0.delivery.isLive } ?? false }

  package var zone: Zone { databases.zone }

  package func source(of watch: Watch) -> (any CustomerSource)? { sources[watch.source] }

  /// The hours at which a step's messages may leave over the channels that it names.
  func hours(of step: Step) -> [OpenHours] {
    step.legs.flatMap(\.route.channels).compactMap { outlets[$0] }.map {
      $0.hours(of: step, for: nil)
    }
  }

  /// The watches of a source in a fixed order.
  func watches(of source: any CustomerSource) -> [Watch] {
    watches.filter { $0.value.source.isExactly(source.name) }.sorted { $0.key < $1.key }
      .map(\.value)
  }

  /// Whether what a problem is about is configured.
  func has(_ subject: Problem.Subject) -> Bool {
    switch subject {
    case .source(let name): sources[name] != nil
    case .watch(let name): watches[name] != nil
    case .customers: directory != nil
    case .colleagues: databases.staff != nil
    case .rule(let name), .recheck(let name): rules[name] != nil
    case .step(let rule, let step): rules[rule]?.step(named: step) != nil
    case .channel(let name), .destination(_, let name): outlets[name] != nil
    case .list(let name):
      rules.values.contains { rule in
        rule.steps.contains { $0.lists.contains { $0.name.isExactly(name) } }
      }
    case .mailbox: answers != nil
    case .file, .clock, .ledger, .tasks: true
    }
  }

  /// What the columns of a watch hold; unknown where its source was taken away.
  package func dates(of watch: Watch, now: Instant) async throws(SourceProblem) -> DateKinds {
    guard let source = source(of: watch) else { return DateKinds() }
    return try await databases.dates(of: watch, in: source, now: now)
  }
}

/// A channel with the manners that its configuration gives it.
package struct Outlet: Sendable {
  package let channel: any Channel
  /// How many hand-overs at once.
  package let concurrency: Int
  /// The shortest time between two hand-overs; nil where there is no rate.
  package let interval: Duration?
  /// The quiet hours and send hours that hold for it, its own or everyone's.
  package let hours: ChannelHours
  /// How long one hand-over may take.
  package let deadline: Duration

  package init(
    channel: any Channel, concurrency: Int, interval: Duration? = nil,
    hours: ChannelHours = .none, deadline: Duration = ChannelSettings.standardDeadline
  ) {
    self.channel = channel
    self.concurrency = concurrency
    self.interval = interval
    self.hours = hours
    self.deadline = deadline
  }
}

extension Outlet {
  /// The hours at which a step's messages to a recipient may leave over it; nil for nobody in particular.
  func hours(of step: Step, for recipient: Person?) -> OpenHours {
    OpenHours(of: step, over: channel.traits, hours, calendar: recipient?.calendar)
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
