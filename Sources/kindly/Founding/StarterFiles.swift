import KindlyConfig
import KindlyCore

/// The files that `kindly init` writes.
struct StarterFiles {
  /// The absolute path of the configuration folder.
  let folder: String
  let answers: FirstAnswers
  let today: CivilDate

  /// Those that are written whatever the answers are.
  static let always = ["kindly.yaml", "templates/layout.html"]
  static let standardFolder = "/etc/kindly"

  /// The folder for mail; a configuration outside the standard folder keeps its mail beside it.
  static func maildir(of folder: String) -> String {
    folder == standardFolder ? "/var/lib/kindly/mail" : "\(folder)/mail"
  }

  /// The kernel's limit for a socket's path (unix(7)).
  private static let longestSocket = 107

  /// The files in the order in which to write them. kindly.yaml comes last, because only it makes the folder a
  /// configuration.
  func all() throws -> [FoundingFolder.File] {
    let rule = StarterRule(answers, today: today)
    var files = secrets
    files.append(.init(name: "templates/layout.html", text: StarterLayout.text(answers.language)))
    files.append(.init(name: "templates/\(rule.name).html", text: rule.letter(answers.language)))
    if answers.proposal.columns[.language] != nil {
      let other = answers.language.other
      files.append(
        .init(name: "templates/layout.\(other.rawValue).html", text: StarterLayout.text(other)))
      files.append(
        .init(
          name: "templates/\(rule.name).\(other.rawValue).html",
          text: rule.letter(other, isVariant: true)))
    }
    files.append(.init(name: "rules.d/10-\(rule.name).yaml", text: rule.text))
    files.append(.init(name: "kindly.yaml", text: try main()))
    return files
  }

  // MARK: Secrets

  private var sourceSecret: String { "\(answers.source.settings.name)-password" }
  private static let mailSecret = "smtp-password"

  private var secrets: [FoundingFolder.File] {
    let pairs = [
      (sourceSecret, answers.sourcePassword), (StarterFiles.mailSecret, answers.typedMailPassword),
    ]
    return pairs.compactMap { name, secret in
      secret.map { FoundingFolder.File(name: name, text: $0.exposed + "\n", isSecret: true) }
    }
  }

  private func kept(_ secret: Secret?, in name: String) -> SecretReference? {
    secret.map { _ in .file("\(folder)/\(name)") }
  }

  // MARK: kindly.yaml

  private func main() throws -> String {
    let blocks = ConfigurationBlocks(source: answers.source, proposal: answers.proposal)
    let source = ConfigurationBlocks.sources(
      answers.source, password: kept(answers.sourcePassword, in: sourceSecret))
    let channel = answers.mail.channel(
      from: answers.sender,
      password: answers.mailPassword ?? kept(answers.typedMailPassword, in: StarterFiles.mailSecret)
    )
    return """
      # Kindly's configuration, written by `kindly init`. `kindly check` reports its errors and says what it would do;
      # `systemctl reload kindly` activates it. configuration.md in /usr/share/doc/kindly explains every key.

      # The company's zone. It decides what "today" is in conditions, and applies to customers without a zone of their own.
      timezone: \(answers.timezone.identifier)

      # The language of letters and customers that have none.
      language: \(answers.language.rawValue)

      # rehearsal: everything runs, but all mail goes into Kindly's own maildir, and no customer notices anything.
      # redirect to ops@example.com: all mail goes to that one address.
      # live: customers get their mail.
      delivery: rehearsal

      # A date without a time is due at this hour, in the customer's zone.
      default time: 09:00

      # In this window, in the customer's zone, Kindly holds what rings, and mail of class care and marketing.
      quiet hours: 21:00-08:30
      \(try places())
      # Where the customers are. Kindly only reads; give it a user that may only read.
      \(source ?? "")

      # What rules look at. Only rules about inserts, updates and deletes need `changes:`.
      \(blocks.watches)

      # How to reach the customer that a row is about. These are columns of one watch.
      \(blocks.customers)

      # How messages leave. Rules name these channels in `send:`.
      channels:
      \(channel)
        inbox: { type: inbox }          # tasks for colleagues; `kindly inbox` shows them

      """
  }

  /// A configuration that is tried out elsewhere keeps its ledger and its socket beside it.
  private func places() throws -> String {
    if folder == StarterFiles.standardFolder { return "" }
    let socket = "\(folder)/control.sock"
    guard socket.utf8.count <= StarterFiles.longestSocket else {
      throw Failure(
        .usage,
        "the path of \(folder) is too long for the control socket in it; name a shorter folder")
    }
    return """

      # This folder is not /etc/kindly, so it also holds the ledger and the control socket.
      state: \(ConfigurationText.value("\(folder)/state"))
      socket: \(ConfigurationText.value(socket))

      """
  }
}
