import KindlyCore

/// Joins what the files say into one configuration.
struct ConfigurationAssembly {
  let folders: [String]
  let archive: String
  let channelTypes: [any ChannelType.Type]
  let findings: Findings

  /// The configuration, or nil where there is no main file to make one from.
  func configuration(of files: [SourceFile]) -> Configuration? {
    guard let main = files.first else { return nil }
    let root = YAMLReader.read(main, findings: findings)
    let empty = Item(kind: .map([]), file: main, line: 1, column: 1)
    guard var fields = Fields(root ?? empty, what: "kindly.yaml", findings: findings) else {
      return nil
    }
    let others = files.dropFirst()
    let calendarFiles = others.filter { CalendarFiles.isCalendar($0.path) }
    let ruleLists =
      [fields.item("rules")].compactMap { $0 }
      + others.filter { !CalendarFiles.isCalendar($0.path) }.compactMap(rules)
    let calendars = CalendarReader(
      calendars: CalendarFiles(findings: findings).calendars(calendarFiles))
    let timezone = zone(&fields, "timezone") ?? .utc
    let hours = HoursReader(findings: findings, spots: HourSpots())
    var world = world(&fields, timezone, hours, calendars)
    let workdays = calendars.workdays(&fields) ?? .weekends
    let scope = RuleScope(
      watches: Dictionary(world.watches.map { (ExactText($0.name), $0) }) { first, _ in first },
      watchNames: world.watchNames, customerWatch: world.customers?.watch,
      channelNames: world.channelNames, carriers: world.carriers, teamNames: world.teamNames,
      segments: world.segments, lists: world.lists,
      festivals: FestivalDecoder(findings: findings).festivals(fields.item("festivals")),
      calendars: calendars, workdays: workdays,
      customerCalendars: world.personalCalendars,
      officeHours: CalendarReader.officeHours(&fields), zone: timezone, hours: hours)
    let decoder = RuleDecoder(findings: findings, scope: scope)
    var rules = ruleLists.flatMap(decoder.rules)
    let mailbox = mailbox(&fields, scope, &world, &rules)
    var configuration = configuration(&fields, mailbox, timezone, world, rules, hours, workdays)
    fields.finish()
    CrossCheck(configuration: configuration, findings: findings).run()
    HoursCheck(
      configuration: configuration, spots: hours.spots, main: fields.spot.place,
      findings: findings
    ).check()
    configuration.warnings = ConfigurationLoader.sorted(findings.warnings)
    return configuration
  }

  /// Everything that rules refer to.
  private struct World {
    var sources: [SourceSettings] = []
    var watches: [Watch] = []
    var watchNames: [String] = []
    var channels: [ChannelSettings] = []
    var channelNames: [String] = []
    var carriers: [ExactText: String] {
      Dictionary(
        channels.compactMap { channel in
          channel.type.carrier.map { (ExactText(channel.name), $0) }
        }
      ) { first, _ in first }
    }
    var customers: PeopleDirectory?
    var colleagues: ColleagueDirectory?
    /// The calendars that people may name: all, if `customers:` or `colleagues:` has a column for them.
    var personalCalendars: CustomerCalendars {
      [customers?.calendars, colleagues?.people.calendars].compactMap(\.self)
        .first { !$0.isEmpty } ?? .none
    }
    var teams: [Team] = []
    var teamNames: [String] = []
    var segments: SegmentReader
    var lists: ListReader
    var attachmentFolders: [AttachmentFolder] = []
  }

  private func world(
    _ fields: inout Fields, _ timezone: Zone, _ hours: HoursReader, _ calendars: CalendarReader
  ) -> World {
    let sources = NamedItems(fields.item("sources"), what: "source", findings: findings)
    var world = World(
      segments: SegmentReader(fields.item("segments"), findings: findings),
      lists: ListReader(
        fields.item("lists"), sourceNames: sources.names, findings: findings))
    let watches = NamedItems(
      fields.item("watches"), what: "watch", plural: "watches", findings: findings)
    let channels = NamedItems(fields.item("channels"), what: "channel", findings: findings)
    let sourceDecoder = SourceDecoder(
      findings: findings, timezone: timezone, sourceNames: sources.names)
    world.sources = sources.members.compactMap { sourceDecoder.source($0.name, $0.item) }
    world.watches = watches.members.compactMap { sourceDecoder.watch($0.name, $0.item) }
    world.watchNames = watches.names
    let channelDecoder = ChannelDecoder(
      types: channelTypes, findings: findings, hours: hours)
    world.channels = channels.members.compactMap { channelDecoder.channel($0.name, $0.item) }
    world.channelNames = channels.names
    people(
      &fields, of: addressKinds(of: world.channels, channels), watches.names, calendars, &world)
    let folders = NamedItems(fields.item("folders"), what: "folder", findings: findings)
    let folderDecoder = FolderDecoder(findings: findings)
    world.attachmentFolders = folders.members.compactMap { folderDecoder.folder($0.name, $0.item) }
    return world
  }

  /// Reads `customers:`, `colleagues:` and `teams:`.
  private func people(
    _ fields: inout Fields, of kinds: [AddressKind], _ watchNames: [String],
    _ calendars: CalendarReader, _ world: inout World
  ) {
    func decoder(_ kind: PeopleKind) -> PeopleDecoder {
      PeopleDecoder(
        kind: kind, addressKinds: kinds, watchNames: watchNames, calendars: calendars,
        country: world.customers?.country, findings: findings)
    }
    world.customers = fields.item("customers").flatMap(decoder(.customers).directory)
    if let own = world.customers?.watch {
      world.watches = world.watches.map { $0.name.isExactly(own) ? $0.ofCustomers : $0 }
    }
    world.colleagues = fields.item("colleagues").flatMap(decoder(.colleagues).colleagues)
    let teams = NamedItems(fields.item("teams"), what: "team", findings: findings)
    let team = ListedPersonDecoder(
      directory: ListedPerson.directory(of: kinds, country: world.customers?.country),
      findings: findings)
    world.teams = teams.members.compactMap { team.team($0.name, $0.item) }
    world.teamNames = teams.names
  }

  /// The kinds of address that `customers:` may name: those that everybody has, and those that channels bring.
  ///
  /// A channel with errors brings its kind too, so that one mistake is reported once.
  private func addressKinds(
    of channels: [ChannelSettings], _ items: NamedItems
  ) -> [AddressKind] {
    var kinds = [AddressKind.email, .phone]
    let written = items.members.compactMap { $0.item.text(of: "address") }
      .compactMap(Notation.addressKind)
    for kind in channelTypes.flatMap({ $0.addressKinds }) + channels.map(\.address) + written
    where kind != .key && !kinds.contains(kind) {
      kinds.append(kind)
    }
    return kinds
  }

  /// Reads `mailbox:`, and adds the rule by which replies become tasks.
  private func mailbox(
    _ fields: inout Fields, _ scope: RuleScope, _ world: inout World, _ rules: inout [Rule]
  ) -> MailboxSettings? {
    guard let item = fields.item("mailbox"),
      let mailbox = MailboxDecoder(
        findings: findings, channels: world.channels, channelNames: world.channelNames
      ).mailbox(item)
    else { return nil }
    let added = ReplyRuleAssembly(
      mailbox: mailbox, item: item, customers: world.customers, colleagues: world.colleagues,
      channels: world.channels, scope: scope, findings: findings
    ).rule(beside: rules)
    if let added {
      world.watches.append(added.watch)
      rules.append(added.rule)
    }
    return mailbox
  }

  /// The `rules:` of a file of `rules.d`; nil where it has none.
  private func rules(_ file: SourceFile) -> Item? {
    guard let root = YAMLReader.read(file, findings: findings),
      var fields = Fields(root, what: "a file of rules.d", findings: findings)
    else { return nil }
    defer { fields.finish() }
    return fields.item("rules")
  }

  /// The hours that hold where nothing else is said, with a warning if the default time is not inside them.
  private func everyonesHours(
    _ fields: inout Fields, _ defaultTime: TimeOfDay, _ reader: HoursReader, _ workdays: Workdays
  ) -> ChannelHours {
    let written = reader.ofChannel(&fields)
    let hours = ChannelHours.none.with(quiet: written.quiet, send: written.send)
    let keys = ["default time", HourSpots.quiet, HourSpots.send]
    QuietTimes.check(
      defaultTime,
      against: OpenHours(quiet: hours.quiet, send: hours.send, calendar: workdays.calendar),
      at: keys.compactMap { fields.item($0) }.first?.spot, findings)
    return hours
  }

  private func configuration(
    _ fields: inout Fields, _ mailbox: MailboxSettings?, _ timezone: Zone, _ world: World,
    _ rules: [Rule],
    _ reader: HoursReader, _ workdays: Workdays
  ) -> Configuration {
    let language = fields.value(
      "language", "a BCP 47 language such as en or zh-Hans", LanguageTag.init)
    let defaultTime =
      fields.value("default time", "a time of day, 09:00") { TimeOfDay($0) }
      ?? Configuration.standardTime
    let hours = everyonesHours(&fields, defaultTime, reader, workdays)
    let delivery = fields.value(
      "delivery", "rehearsal, `redirect to ADDRESS` or live"
    ) { DeliveryMode($0) }
    let logLevel = fields.value("log level", "debug, info, notice, warning or error") {
      LogLevel(rawValue: $0)
    }
    let outcomes = fields.item("task outcomes").map(
      TaskOutcomeReader(findings: findings).outcomes)
    let state = fields.value("state", "an absolute path", Notation.absolutePath)
    let socket = fields.value(
      "socket", "an absolute path of at most 107 bytes", ConfigurationAssembly.socket)
    return Configuration(
      timezone: timezone, language: language,
      defaultTime: defaultTime,
      delivery: delivery ?? .rehearsal, hours: hours, sources: world.sources,
      watches: world.watches, customers: world.customers, segments: world.segments.segments,
      lists: world.lists.lists, colleagues: world.colleagues,
      teams: world.teams, taskOutcomes: outcomes ?? TaskOutcome.standard,
      channels: world.channels,
      attachmentFolders: world.attachmentFolders, rules: rules, mailbox: mailbox,
      workdays: workdays,
      logLevel: logLevel, stateDirectory: state ?? Configuration.defaultState,
      socket: socket ?? Configuration.defaultSocket, folders: folders, archive: archive,
      hash: ContentHash.of(archive), warnings: [])
  }

  /// A socket's path has 108 bytes in the kernel, with a NUL behind it (unix(7)).
  private static func socket(_ path: String) -> String? {
    path.utf8.count <= 107 ? Notation.absolutePath(path) : nil
  }
}

extension Configuration {
  /// Nine in the morning: read with the day's first mail.
  // 9:00 is a time of every day, so there is always a value.
  static let standardTime = TimeOfDay(hour: 9, minute: 0)!
}
