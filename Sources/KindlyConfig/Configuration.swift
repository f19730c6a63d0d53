package import KindlyCore

/// Everything that was configured, checked and ready for use; it never changes.
package struct Configuration: Hashable, Sendable {
  package let timezone: Zone
  /// The language of templates that do not state theirs, and of customers without a language; nil if not configured.
  package let language: LanguageTag?
  /// The hour at which a date without a time is served.
  package let defaultTime: TimeOfDay
  package let delivery: DeliveryMode
  /// The hours that hold where a channel or a rule says nothing else.
  package let hours: ChannelHours
  package let sources: [SourceSettings]
  package let watches: [Watch]
  package let customers: PeopleDirectory?
  /// The named conditions on customers, in the order of the file.
  package let segments: [Segment]
  /// The customer lists that tasks and letters may show, in the order of the file.
  package let lists: [CustomerList]
  package let colleagues: ColleagueDirectory?
  package let teams: [Team]
  /// How a task can end.
  package let taskOutcomes: [TaskOutcome]
  package let channels: [ChannelSettings]
  /// The folders below which rows may name files to attach.
  package let attachmentFolders: [AttachmentFolder]
  package let rules: [Rule]
  /// Where replies and bounces are read; nil where they are not.
  package let mailbox: MailboxSettings?
  /// The calendar of rules that name none.
  package let workdays: Workdays
  /// Nil where it is not said: info, or what the command line says.
  package let logLevel: LogLevel?
  /// Where kindly keeps its ledger.
  package let stateDirectory: String
  /// Where the control socket is.
  package let socket: String
  /// The folders that were searched, the strongest last; templates are sought in them too.
  package let folders: [String]
  /// The text of the files that were loaded, with their names; secrets are references only.
  package let archive: String
  /// FNV-1a, 128 bits, of `archive`, in hexadecimal: equal texts have equal hashes on every machine.
  package let hash: String
  /// What is valid but probably a mistake.
  package internal(set) var warnings: [ConfigurationProblem]

  /// Whether any rule reads Kindly's own ledger, which makes the ledger a source.
  package var asksLedger: Bool {
    watches.contains { $0.ledgerView != nil }
      || rules.contains { $0.steps.contains { !$0.unless.isEmpty } }
  }

  /// How often Kindly checks whether the ledger has changed. Rules about the ledger deal in hours and days, and a look
  /// at many reminders takes a fraction of a second.
  package static let ledgerPoll = Duration.seconds(15)

  /// How often Kindly checks whether a source has changed; nil for a source that is not configured.
  package func poll(ofSource name: String) -> Duration? {
    name.isExactly(LedgerView.source)
      ? Configuration.ledgerPoll : sources.first { $0.name.isExactly(name) }?.poll
  }

  package static let defaultState = "/var/lib/kindly"
  package static let defaultSocket = "/run/kindly/control.sock"

  /// The directories of customers and colleagues; a list of colleagues is one without a watch.
  package var directories: [PeopleDirectory] {
    [customers, colleagues?.people].compactMap(\.self)
  }

  /// Where the rows of a recipient are; nil for teams and addresses, which have none.
  func directory(of role: RecipientRole) -> PeopleDirectory? {
    switch role {
    case .customer: customers
    case .owner, .colleague, .lead: colleagues?.people
    case .team, .address: nil
    }
  }

  package func source(named name: String) -> SourceSettings? { sources.first { $0.name == name } }
  package func watch(named name: String) -> Watch? { watches.first { $0.name == name } }
  package func channel(named name: String) -> ChannelSettings? {
    channels.first { $0.name == name }
  }
  /// The price of one segment over each channel that has one configured.
  package var segmentPrices: [ExactText: Money] {
    Dictionary(
      uniqueKeysWithValues: channels.compactMap { channel in
        channel.type.segmentPrice.map { (ExactText(channel.name), $0) }
      })
  }
  /// The names of all channels, in a fixed order.
  package var channelNames: [ExactText] { channels.map { ExactText($0.name) }.sorted() }

  /// The channels that a step may use, in the order of its routes, each once. Where customers' rows decide, these are all
  /// channels whose addresses the customers have.
  ///
  /// - Parameter role: nil for the channels to all recipients.
  package func channels(of step: Step, to role: RecipientRole? = nil) -> [ChannelSettings] {
    var seen: Set<ExactText> = []
    return step.legs.filter { role == nil || $0.recipient == role }.flatMap { leg in
      leg.route.channels.flatMap { word in
        word == Route.preferred
          ? channels.filter { canBePreferred($0, by: leg.recipient) }
          : channels.filter { $0.name == word }
      }
    }
    .filter { seen.insert(ExactText($0.name)).inserted }
  }

  /// Whether a rule is about customers, or sends to them.
  func needsCustomers(_ rule: Rule) -> Bool {
    guard let watch = watch(named: rule.watch) else { return false }
    return watch.customerColumn != nil && watch.ledgerView == nil
      || rule.steps.flatMap(\.legs).contains { demand(of: $0) != nil }
  }

  /// What a leg asks of the customer whom its row is about; nil if nothing.
  func demand(of leg: Leg) -> String? {
    if leg.recipient.needsOwner { return "`to: \(leg.recipient.text)`" }
    guard leg.recipient == .customer else { return nil }
    if leg.route.asksPreference { return "`send: \(leg.route)`" }
    return leg.route.channels.compactMap(channel).first { $0.address != .key }.map { channel in
      "the \(channel.address.word) that channel \(channel.name) needs"
    }
  }

  private func canBePreferred(_ channel: ChannelSettings, by role: RecipientRole) -> Bool {
    channel.address == .key || directory(of: role)?.column(of: channel.address) != nil
  }

  /// The hours that hold on a channel: its own, or everyone's.
  package func hours(of channel: ChannelSettings) -> ChannelHours {
    hours.with(quiet: channel.quietHours, send: channel.sendHours)
  }

  /// The hours at which a step's messages may leave over a channel.
  ///
  /// - Parameter calendar: the calendar that the recipient's row names; nil where it names none.
  package func hours(
    of step: Step, over channel: ChannelSettings, calendar: ExactText? = nil
  ) -> OpenHours {
    OpenHours(of: step, over: channel.type.traits, hours(of: channel), calendar: calendar)
  }

  /// The rule of that name, or the one that had it before.
  package func rule(named name: String) -> Rule? {
    rules.first { $0.name == name } ?? rules.first { $0.formerNames.contains(name) }
  }

  /// A template's use by a step, for checking that it exists.
  package struct TemplateUse: Hashable, Sendable {
    package let template: String
    package let rule: String
    package let step: String
    package let place: Place
  }

  /// The templates that rules name, in the order of the files.
  package var templates: [TemplateUse] {
    rules.flatMap { rule in
      rule.steps.map { step in
        TemplateUse(template: step.template, rule: rule.name, step: step.name, place: step.place)
      }
    }
  }
}
