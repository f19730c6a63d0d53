import Glibc
package import KindlyConfig
package import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// Checks a configuration that was read without errors against the world: letters, secrets, and the sources.
package struct ConfigurationCheck {
  package let configuration: Configuration
  package let now: Instant
  /// Tells how long an answer takes.
  package let clock: any Timekeeper
  package let isOffline: Bool
  package let environment: [String: String]
  /// What the daemon knows of its rules; nil where there is no ledger.
  package let standings: [ExactText: RuleStanding]?
  /// The steps whose condition has held for some reminder; nil where there is no ledger.
  package let appliedSteps: Set<StepName>?

  package init(
    configuration: Configuration, now: Instant, clock: any Timekeeper, isOffline: Bool,
    environment: [String: String], standings: [ExactText: RuleStanding]?,
    appliedSteps: Set<StepName>? = nil
  ) {
    self.configuration = configuration
    self.now = now
    self.clock = clock
    self.isOffline = isOffline
    self.environment = environment
    self.standings = standings
    self.appliedSteps = appliedSteps
  }

  package func run() async -> CheckReport {
    var report = CheckReport()
    for warning in configuration.warnings { report.add(warning) }
    for warning in AccessReview().problems(of: configuration) { report.add(warning) }
    checkSecrets(&report)
    checkChannels(&report)
    let letters = loadLetters(&report)
    if let letters { AttachmentCheck(configuration, letters).check(&report) }
    if isOffline {
      for rule in configuration.rules {
        report.lines += rule.steps.map { step in
          CheckReport.StepLine(
            rule: rule.name, step: step, watch: rule.watch, matching: nil, census: nil)
        }
      }
    } else {
      await checkMailbox(&report)
      let inquiry = CustomerInquiry(configuration, now: now, environment: environment)
      await checkSources(inquiry, letters, &report)
      await inquiry.close()
    }
    report.sort()
    return report
  }

  // MARK: Letters

  private func loadLetters(_ report: inout CheckReport) -> TemplateLibrary? {
    let folder = TemplateLibrary.folder(of: configuration)
    do {
      let letters = try TemplateLibrary(
        folder: folder, language: configuration.language, folders: configuration.attachmentFolders)
      for use in configuration.templates where !letters.names.contains(use.template) {
        report.error(
          "expected the template of rule \(use.rule), step \(use.step), at \(folder)/\(use.template).html, got no such file",
          at: use.place)
      }
      return letters
    } catch {
      for finding in error.findings { report.add(finding) }
      return nil
    }
  }

  // MARK: Secrets

  private func checkSecrets(_ report: inout CheckReport) {
    for channel in configuration.channels {
      for secret in channel.type.secrets {
        check(secret, of: "channel \(channel.name)", at: channel.place, &report)
      }
    }
    if let mailbox = configuration.mailbox {
      check(mailbox.password, of: "mailbox", at: mailbox.place, &report)
    }
    for source in configuration.sources {
      guard let password = source.password else { continue }
      check(password, of: "source \(source.name)", at: source.place, &report)
    }
  }

  private func check(
    _ secret: SecretReference, of what: String, at place: Place, _ report: inout CheckReport
  ) {
    do {
      _ = try secret.resolve(environment: environment)
    } catch {
      if isForTheService(secret) {
        report.warn(
          "\(what): only the service can read \(secret), so it was not checked",
          at: place)
      } else {
        report.error("\(what): \(error)", at: place)
      }
    }
  }

  /// Credentials and the environment are the service's: a person's shell has neither.
  private func isForTheService(_ secret: SecretReference) -> Bool {
    switch secret {
    case .credential: return environment["CREDENTIALS_DIRECTORY"] == nil
    case .environment: return true
    case .file: return false
    }
  }

  // MARK: Channels

  /// Checks what channels need: programs and certificates on this machine, tables elsewhere.
  private func checkChannels(_ report: inout CheckReport) {
    for channel in configuration.channels {
      let findings =
        isOffline
        ? ChannelFindings(faults: channel.type.faults())
        : channel.type.findings(environment: environment)
      for fault in findings.faults {
        report.error("channel \(channel.name): \(fault)", at: channel.place)
      }
      for warning in findings.warnings {
        report.warn("channel \(channel.name): \(warning)", at: channel.place)
      }
    }
  }

  // MARK: Mailbox

  /// Opens the mailbox's folder, and counts its mails.
  private func checkMailbox(_ report: inout CheckReport) async {
    guard let mailbox = configuration.mailbox else { return }
    do {
      let count = try await MailboxAssembly.count(mailbox, environment: environment)
      report.notes.append("mailbox: \(counted(count, "mail")) in \(mailbox.folder)")
    } catch let fault as MailboxFault {
      report.error("mailbox: \(fault.text)", at: mailbox.place)
    } catch {
      // A secret that cannot be read is reported with the other secrets.
    }
  }

  // MARK: Sources

  private func checkSources(
    _ inquiry: CustomerInquiry, _ letters: TemplateLibrary?, _ report: inout CheckReport
  ) async {
    let reachable = await reachableSources(inquiry, &report)
    let watches = WatchCheck(inquiry: inquiry)
    var columns: [ExactText: Set<ExactText>] = [:]
    for watch in configuration.watches where reachable.contains(watch.source) {
      columns[watch.name] = await watches.check(watch, &report)
    }
    if let directory = configuration.customers, let names = columns[directory.watch],
      let watch = configuration.watch(named: directory.watch)
    {
      await CustomerCheck(
        inquiry: inquiry, directory: directory, watch: watch, columns: names, letters: letters
      ).check(&report)
      await SegmentCheck(inquiry: inquiry, directory: directory, watch: watch).check(&report)
      await ListCheck(inquiry: inquiry, directory: directory, watch: watch)
        .check(reachable, &report)
    }
    if let colleagues = configuration.colleagues, columns[colleagues.people.watch] != nil,
      let watch = configuration.watch(named: colleagues.people.watch)
    {
      await LeadCheck(inquiry: inquiry, colleagues: colleagues, watch: watch).check(&report)
    }
    for rule in configuration.rules {
      guard let watch = configuration.watch(named: rule.watch), let names = columns[watch.name]
      else { continue }
      for step in rule.steps {
        if reachable.contains(ExactText(LedgerView.source)) {
          await LedgerCheck(inquiry: inquiry).checkUnless(of: step, &report)
        }
        checkColumns(of: step, rule, names, &report)
        await checkDoneCondition(of: step, watch, inquiry, &report)
        await RecipientCount(inquiry: inquiry, rule: rule, step: step, watch: watch)
          .check(&report)
        let check = StepCheck(
          inquiry: inquiry, clock: clock, rule: rule, step: step, watch: watch,
          hasApplied: appliedSteps?.contains(StepName(rule: rule.name, step: step.name)))
        report.lines.append(await check.check(&report))
        guard let letters, letters.names.contains(step.template) else { continue }
        await LetterCheck(
          inquiry: inquiry, letters: letters, rule: rule, step: step, watch: watch,
          columns: names,
          customerColumns: watch.about == .nobody ? nil : customerColumns(columns),
          colleagueColumns: colleagueColumns(columns)
        ).check(&report)
      }
      await forecastBackfill(of: rule, watch, inquiry, &report)
    }
  }

  /// The sources that answer.
  private func reachableSources(
    _ inquiry: CustomerInquiry, _ report: inout CheckReport
  ) async -> Set<ExactText> {
    var reachable: Set<ExactText> = []
    if configuration.asksLedger, await LedgerCheck(inquiry: inquiry).check(&report) {
      reachable.insert(ExactText(LedgerView.source))
    }
    for source in configuration.sources {
      warnOfWriting(source, &report)
      do {
        _ = try await inquiry.databases.source(named: source.name).pulse()
        reachable.insert(source.name)
      } catch let problem as SourceProblem {
        report.add(problem, at: source.place)
      } catch is SecretProblem {
        // It is reported with the other secrets.
        continue
      } catch {
        report.error("source \(source.name): \(error)", at: source.place)
      }
    }
    return reachable
  }

  /// Says how many letters a rule that looks back will send, unless the daemon has seen it already.
  private func forecastBackfill(
    of rule: Rule, _ watch: Watch, _ inquiry: CustomerInquiry, _ report: inout CheckReport
  ) async {
    guard let backfill = rule.backfill, rule.steps.contains(where: { $0.when.schedule != nil })
    else { return }
    if standings?[rule.name] != nil { return }
    let forecast = BackfillForecast(
      inquiry: inquiry, rule: rule, watch: watch, backfill: backfill)
    // Losing the error is right: what cannot be read was reported with the rule's steps.
    guard let finding = try? await forecast.find() else { return }
    let useless =
      finding.useless == 0
      ? ""
      : "; \(counted(finding.useless, "row")) from that time will get nothing, because it is too late for them"
    report.notes.append(
      "\(rule.name): `backfill: \(backfill)` sends \(counted(finding.letters, "letter")) when the daemon first loads the rule\(useless)"
    )
  }

  /// Prepares a `done if` against the source, as of a task that is made now.
  private func checkDoneCondition(
    of step: Step, _ watch: Watch, _ inquiry: CustomerInquiry, _ report: inout CheckReport
  ) async {
    guard let condition = step.doneIf else { return }
    let asked = condition.asked(
      ofTaskMadeAt: inquiry.now, about: watch, in: inquiry.databases.sourceZone(of: watch))
    let probe = Step(
      name: step.name, when: .insert, conditions: [asked], legs: [],
      template: step.template)
    do {
      report.add(
        try await inquiry.source(of: watch).examine(.step(watch, probe)), at: step.place)
    } catch let problem as SourceProblem {
      report.add(problem, at: step.place)
    } catch {
      report.error("\(error)", at: step.place)
    }
  }

  /// Reports a column that `to: colleague COLUMN` names and that the rows do not have.
  private func checkColumns(
    of step: Step, _ rule: Rule, _ names: Set<ExactText>, _ report: inout CheckReport
  ) {
    let known = Set(names.map(\.folded))
    for case .colleague(let column) in step.recipients where !known.contains(column.folded) {
      report.error(
        "expected watch \(rule.watch) to have the column \(column) that `to: colleague \(column)` names, got none such"
          + Suggestion.text(for: column, among: names.map(\.string)), at: step.place)
    }
  }

  private func customerColumns(_ columns: [ExactText: Set<ExactText>]) -> Set<ExactText> {
    configuration.customers.flatMap { columns[$0.watch] } ?? []
  }

  /// The columns that letters may name of colleagues and teams; nil if there are none.
  private func colleagueColumns(_ columns: [ExactText: Set<ExactText>]) -> Set<ExactText>? {
    guard let colleagues = configuration.colleagues else {
      return configuration.teams.isEmpty ? nil : []
    }
    return colleagues.listed.map { Set($0.flatMap(\.values.keys)) }
      ?? columns[colleagues.people.watch] ?? []
  }

  /// Warns of write access. Kindly only reads, and a role with write access is one mistake away from writing. Root
  /// always has it.
  private func warnOfWriting(_ source: SourceSettings, _ report: inout CheckReport) {
    switch source.kind {
    // A server's rights are read in the database: kindly's transactions there are read-only in any case.
    case .postgres, .mariadb, .odbc: return
    case .sqlite(let path), .csv(let path):
      if geteuid() != 0, access(path, W_OK) == 0 {
        report.warn(
          "source \(source.name): this user has write access to \(path); give kindly read access only",
          at: source.place)
      }
    }
  }
}
