import Foundation
import KindlyConfig
import KindlyCore

/// Collects the answers for a first configuration: from options, and the remaining ones from a person or from
/// proposals.
struct Questionnaire {
  let flags: Init
  /// The default folder for mail.
  let maildir: String
  /// Nil if every proposal is accepted without asking.
  let terminal: Terminal?

  func answers() async throws -> FirstAnswers {
    let (source, inspection) = try await source()
    if terminal != nil { tell(inspection) }
    var proposal = try await customers(inspection)
    try await choose(&proposal)
    let mail = try await mail()
    let (way, typed) = try await relayAccount(mail)
    return FirstAnswers(
      source: source, proposal: proposal, mail: way, mailPassword: flags.mail.password,
      typedMailPassword: typed, sender: try await sender(way), timezone: try await timezone(),
      language: try await language())
  }

  /// Asks at the terminal if there is one, and otherwise accepts the proposal.
  private func settle<Answer>(
    _ given: String?, _ question: String, proposing proposal: String?,
    _ use: (String) async throws -> Answer
  ) async throws -> Answer {
    if let given { return try await use(given) }
    if let terminal { return try await terminal.ask(question, proposing: proposal, use) }
    return try await use(proposal ?? "")
  }

  // MARK: The database

  private func source() async throws -> (ChosenSource, SourceInspection) {
    try await settle(
      flags.source,
      "Where is the customer database? Its URL, such as sqlite:///srv/crm/crm.db or postgresql://kindly@db.example.com/crm:",
      proposing: nil
    ) { url in
      let chosen = try await chosen(url)
      do {
        let source = try chosen.open()
        let inspection = try await SourceInspection(of: source)
        await source.close()
        return (chosen, inspection)
      } catch {
        throw Failure(askedOnce: error) ?? Failure(.unavailable, "\(error)")
      }
    }
  }

  private func chosen(_ url: String) async throws -> ChosenSource {
    let first = try ChosenSource(url: url, name: flags.sourceName, options: flags.options)
    guard let terminal, first.settings.password == nil, first.settings.kind.mayWantPassword else {
      return first
    }
    return try await terminal.ask(
      "Its password, not shown as you type (leave empty if none is needed):", isSecret: true
    ) { password in
      try ChosenSource(
        url: url, name: flags.sourceName, options: flags.options,
        password: password.isEmpty ? nil : Secret(password))
    }
  }

  private func tell(_ inspection: SourceInspection) {
    let names = inspection.inventory.relations.map(\.name).joined(separator: ", ")
    let count = inspection.inventory.relations.count
    for line in Paragraph.lines(
      "It has \(counted(count, "table"))\(count == 0 ? "" : ": ")\(names).",
      width: InspectionPage.width, indent: 2)
    { print(line) }
  }

  // MARK: The customers

  private func customers(_ inspection: SourceInspection) async throws -> CustomerProposal {
    guard !inspection.surveys.isEmpty else {
      let why = inspection.failures.first.map {
        ": " + SourceInspection.text(of: $0.problem, for: $0.relation)
      }
      throw Failure(.refused, "the database has no table that can be read\(why ?? "")")
    }
    let proposed = inspection.proposal?.customers.relation
    return try await settle(
      flags.customers, "Which table holds the customers?", proposing: proposed
    ) { name in
      let names = inspection.surveys.map(\.name)
      guard !name.isEmpty else {
        throw Failure(
          .refused,
          "no table looks like a customer table; name it with --customers, one of \(names.joined(separator: ", "))"
        )
      }
      guard
        let survey = inspection.surveys.first(where: { $0.name.lowercased() == name.lowercased() })
      else {
        throw Failure(
          .refused, "there is no table \(name)" + Suggestion.text(for: name, among: names))
      }
      let key = try flags.columns.key.map { [try column($0, of: survey)] }
      guard let proposal = CustomerProposal(customers: survey, key: key, among: inspection.surveys)
      else {
        throw Failure(
          .refused,
          "\(survey.name) has no key; name its key columns with --key, or give the table a key"
        )
      }
      return proposal
    }
  }

  /// Asks for the column of each role; `-` stands for none.
  private func choose(_ proposal: inout CustomerProposal) async throws {
    let survey = proposal.customers.survey
    let questions: [(ColumnRole, String)] = [
      (.name, "name"), (.email, "mail address"), (.phone, "telephone number"),
      (.language, "language"), (.timezone, "time zone"),
    ]
    for (role, words) in questions {
      let chosen = try await settle(
        flags.columns.given[role], "Which column holds the \(words)? (- for none)",
        proposing: proposal.columns[role] ?? "-"
      ) { $0 == "-" ? nil : try column($0, of: survey) }
      proposal.set(chosen, for: role)
    }
  }

  private func column(_ name: String, of survey: RelationSurvey) throws -> String {
    if let column = survey.column(name) { return column.name }
    let names = survey.columns.map(\.name)
    throw Failure(
      .refused,
      "\(survey.name) has no column \(name)" + Suggestion.text(for: name, among: names)
        + "; its columns are \(names.joined(separator: ", "))")
  }

  // MARK: The mail

  private func mail() async throws -> MailWay {
    if let way = try flags.mail.way() { return way }
    return try await settle(
      nil, "How should mail be sent? A relay such as smtp://relay.example.com:587, or maildir:",
      proposing: "maildir"
    ) { try MailWay($0, standard: maildir) }
  }

  /// The user at the relay, and their password where it was typed.
  private func relayAccount(_ way: MailWay) async throws -> (MailWay, Secret?) {
    guard let terminal, case .smtp(let url, nil) = way, flags.mail.smtp == nil else {
      return (way, nil)
    }
    let user = try await terminal.ask(
      "The user name for the relay (leave empty if none is needed):"
    ) {
      $0
    }
    if user.isEmpty { return (way, nil) }
    let password = try await terminal.ask(
      "The relay's password, not shown as you type:", isSecret: true
    ) {
      if $0.isEmpty { throw Failure(.usage, "expected a password for the relay's user, got none") }
      return Secret($0)
    }
    return (.smtp(url: url, user: user), password)
  }

  private func sender(_ way: MailWay) async throws -> Mailbox? {
    let isNeeded = if case .smtp = way { true } else { false }
    return try await settle(
      flags.mail.from, "What is the sender's address? For example: Example <care@example.com>:",
      proposing: nil
    ) { text in
      if text.isEmpty, !isNeeded { return nil }
      do throws(UnfitDelivery) {
        return try Mailbox(text)
      } catch {
        throw Failure(
          .usage,
          "expected the sender (--from) to be an address such as `Example <care@example.com>`, got "
            + (text.isEmpty ? "none" : "\(text): \(error)"))
      }
    }
  }

  // MARK: Place and language

  private func timezone() async throws -> Zone {
    try await settle(
      flags.timezone, "In which time zone is the company?", proposing: TimeZone.current.identifier
    ) { name in
      // The machine's own clock may be called GMT, which is UTC.
      if let zone = Zone.named(name == "GMT" ? "UTC" : name) { return zone }
      throw Failure(
        .usage,
        "expected a zone of the system's tzdata, such as Asia/Shanghai, got \(name)"
          + Suggestion.text(for: name, among: Zone.identifiers))
    }
  }

  private func language() async throws -> LetterLanguage {
    let environment = ProcessInfo.processInfo.environment
    let proposed = LetterLanguage(
      locale: environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"])
    return try await settle(
      flags.language, "In which language is the first letter, en or zh-Hans?",
      proposing: proposed.rawValue
    ) { try LetterLanguage(answer: $0) }
  }
}

extension SourceKind {
  /// Whether there is someone who may ask for a password.
  fileprivate var mayWantPassword: Bool {
    switch self {
    case .sqlite, .csv: false
    // Over its socket a server recognises us by our account.
    case .postgres(let address), .mariadb(let address):
      !address.hosts.allSatisfy { $0.name.isEmpty || $0.name.hasPrefix("/") }
    // A user who is not named is the driver's matter, with the password.
    case .odbc(let address): address.user != nil
    }
  }
}
