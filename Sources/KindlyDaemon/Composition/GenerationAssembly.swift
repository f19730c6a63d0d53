package import KindlyConfig
package import KindlyCore
package import KindlyTemplates

/// Makes a generation of a configuration: opens nothing yet, but loads every template and every secret.
package struct GenerationAssembly: Sendable {
  package let configuration: Configuration
  package let ledger: any ChannelLedger
  package let clock: any Timekeeper
  package let environment: [String: String]
  /// Channels to use instead of the configured ones of the same name.
  package let channels: [ExactText: any Channel]

  package init(
    configuration: Configuration, ledger: any ChannelLedger, clock: any Timekeeper,
    environment: [String: String], channels: [ExactText: any Channel] = [:]
  ) {
    self.configuration = configuration
    self.ledger = ledger
    self.clock = clock
    self.environment = environment
    self.channels = channels
  }

  /// Makes the generation, and archives its configuration as the one that was loaded last.
  ///
  /// In this order, because a configuration whose template or secret is missing is never used.
  package func make(
    archivedIn archive: any PlanningLedger, now: Instant
  ) async throws -> Generation {
    var generation = try make()
    generation.number = try await archive.archive(
      configuration: configuration.hash, text: configuration.archive, now: now)
    return generation
  }

  private func make() throws -> Generation {
    let assembly = ChannelAssembly(
      configuration: configuration, paths: StatePaths(configuration), ledger: ledger, clock: clock,
      environment: environment, replacements: channels)
    let databases = CustomerDatabases(configuration, environment: environment)
    try databases.requireAll()
    return Generation(
      number: 0, rules: configuration.rules, databases: databases,
      outlets: try configuration.channels.map(assembly.outlet),
      letters: try TemplateLibrary.load(configuration), configuration: configuration,
      answers: try answers())
  }
}

extension GenerationAssembly {
  /// The mailbox to read. A rehearsal sends nothing that could be answered, and leaves the mailbox to whoever does.
  private func answers() throws -> AnswerSetting? {
    guard let settings = configuration.mailbox, configuration.delivery != .rehearsal else {
      return nil
    }
    return AnswerSetting(
      settings: settings,
      account: try MailboxAssembly.account(settings, environment: environment))
  }
}

extension TemplateLibrary {
  /// Loads the templates of the highest-priority configuration folder that has a `templates` folder.
  package static func load(_ configuration: Configuration) throws -> TemplateLibrary {
    let folder = folder(of: configuration)
    let library = try TemplateLibrary(
      folder: folder, language: configuration.language, folders: configuration.attachmentFolders)
    for use in configuration.templates where !library.names.contains(use.template) {
      throw MissingTemplate(use: use, folder: folder)
    }
    return library
  }

  /// The strongest of a configuration's folders that has letters.
  package static func folder(of configuration: Configuration) -> String {
    let folders = configuration.folders.map { $0 + "/templates" }
    return folders.last { FolderCheck.exists($0) } ?? folders.last ?? "templates"
  }
}

/// A rule names a template that does not exist.
package struct MissingTemplate: Error, CustomStringConvertible {
  let use: Configuration.TemplateUse
  let folder: String

  package var description: String {
    """
    \(use.place): error: expected the template of rule \(use.rule), step \(use.step), at \
    \(folder)/\(use.template).html, got no such file
    """
  }
}
