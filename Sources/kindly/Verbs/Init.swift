import ArgumentParser
import Foundation
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyDesk

struct Init: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first configuration for a customer database, as a rehearsal.",
    discussion: """
      Reads the customer database, asks a few questions, and writes kindly.yaml, one rule and its letter. Kindly starts \
      with `delivery: rehearsal`: everything runs, but customers get nothing. Then it checks the files. Every question can \
      also be answered with an option. Existing files are never overwritten, and a password is never written into \
      kindly.yaml: \
      a password that you type is kept in a file of its own that only its owner can read.

      With --yes it asks nothing, accepts the default for every option not given, and delivers mail to a folder.

      EXAMPLES
        kindly init
        kindly init --source sqlite:///srv/crm/crm.db --yes --config ./kindly
        kindly init --source postgresql://kindly@db.example.com/crm \\
          --password-file /etc/kindly/crm-password --customers kunden \\
          --smtp smtp://relay.example.com:587 --from "Example <care@example.com>" \\
          --timezone Europe/Berlin --language en --yes
      """)

  @OptionGroup var place: ConfigurationPlace

  @Option(help: ArgumentHelp("The customer database.", valueName: "url"))
  var source: String?

  @Option(
    help: ArgumentHelp("The source's name; the database's name by default.", valueName: "name"))
  var sourceName: String?

  @OptionGroup var options: SourceOptions

  @Option(help: ArgumentHelp("The table or view that holds the customers.", valueName: "table"))
  var customers: String?

  @OptionGroup var columns: ColumnOptions

  @OptionGroup var mail: MailOptions

  @Option(
    help: ArgumentHelp("The company's time zone; by default the machine's.", valueName: "zone"))
  var timezone: String?

  @Option(help: ArgumentHelp("The first letter's language, en or zh-Hans.", valueName: "language"))
  var language: String?

  @Flag(help: "Ask nothing; accept the default for every option not given.")
  var yes = false

  func run() async throws {
    let isAsking = try isAsking()
    let folder = FoundingFolder(path: URL(fileURLWithPath: place.config).standardizedFileURL.path)
    try folder.checkRoom(for: StarterFiles.always)
    let answers = try await Questionnaire(
      flags: self, maildir: StarterFiles.maildir(of: folder.path),
      terminal: isAsking ? Terminal() : nil
    ).answers()
    let files = try StarterFiles(
      folder: folder.path, answers: answers, today: answers.timezone.date(at: SystemClock().now)
    ).all()
    if isAsking { try await confirm(files, in: folder) }
    try folder.write(files)
    print("wrote \(files.map { "\(folder.path)/\($0.name)" }.joined(separator: "\n      "))\n")
    let (report, code) = await CheckReport.of(folder: folder.path)
    report.show()
    print(next(folder.path))
    if report.hasErrors { throw ExitCode(code.rawValue) }
  }

  /// Whether a person is to be asked. Without a terminal every answer must be a flag, or left to the proposals by `--yes`.
  private func isAsking() throws -> Bool {
    let isMailOpen = mail.smtp == nil && mail.maildir == nil
    let open = [
      ("--source", source == nil), ("--customers", customers == nil),
      ("--smtp or --maildir", isMailOpen),
      ("--from", mail.from == nil), ("--timezone", timezone == nil),
      ("--language", language == nil),
    ].filter(\.1).map(\.0)
    if yes {
      guard source != nil else {
        throw Failure(
          .usage, "--yes needs --source URL: the customer database has no default")
      }
      return false
    }
    if open.isEmpty { return false }
    if Terminal.isThere { return true }
    throw Failure(
      .usage,
      "there is no terminal for questions; also give \(open.joined(separator: ", ")), or --yes to accept the defaults"
        + (source == nil ? " (--source is needed in any case)" : ""))
  }

  private func confirm(_ files: [FoundingFolder.File], in folder: FoundingFolder) async throws {
    let names = files.map(\.name).joined(separator: ", ")
    let isMeant = try await Terminal().ask(
      "Write \(names) to \(folder.path)? (yes or no)", proposing: "yes"
    ) { answer in
      switch answer.lowercased() {
      case "yes", "y": true
      case "no", "n": false
      default: throw Failure(.usage, "expected yes or no")
      }
    }
    guard isMeant else { throw Failure(.refused, "nothing was written") }
  }

  private func next(_ folder: String) -> String {
    let isStandard = folder == StarterFiles.standardFolder
    let flag = isStandard ? "" : " --config \(folder)"
    let start =
      isStandard
      ? "systemctl enable --now kindly" : "kindly run\(flag)"
    return """

      Next:
        kindly check\(flag)
            after each change of a file, first of all the rule in rules.d
        \(start)
            starts a rehearsal: everything runs, but mail stays in a folder
        kindly status\(flag)
            shows waiting and sent reminders, and problems
      """
  }
}
