import ArgumentParser
import Foundation
import KindlyConfig
import KindlyCore

/// How mail is to leave.
enum MailWay {
  case maildir(path: String)
  case smtp(url: String, user: String?)

  /// Reads `maildir`, a folder's path, or a relay's URL.
  ///
  /// - Parameter standard: the folder that `maildir` stands for.
  init(_ text: String, standard: String) throws {
    if text == "maildir" {
      self = .maildir(path: standard)
    } else if text.hasPrefix("/") {
      self = .maildir(path: text)
    } else if text.hasPrefix("smtp://") || text.hasPrefix("smtps://") {
      guard !text.contains("@") else {
        throw Failure(
          .usage,
          "expected no user or password in the relay's URL, got an `@`; give them as separate answers or options"
        )
      }
      self = .smtp(url: text, user: nil)
    } else {
      throw Failure(
        .usage,
        "expected `maildir`, a folder's absolute path, or a relay such as smtp://relay.example.com:587"
      )
    }
  }

  /// The channel as kindly.yaml has it, below `channels:`.
  func channel(from sender: Mailbox?, password: SecretReference?) -> String {
    let from = sender.map { "from: \(ConfigurationText.quoted($0.description))" }
    switch self {
    case .maildir(let path):
      let parts =
        ["type: maildir", "path: \(ConfigurationText.value(path))"] + [from].compactMap(\.self)
      return "  email: { \(parts.joined(separator: ", ")) }"
    case .smtp(let url, let user):
      var lines = ["  email:", "    type: smtp", "    url: \(url)"]
      if let from { lines.append("    \(from)") }
      if let user { lines.append("    user: \(ConfigurationText.value(user))") }
      if let password { lines.append("    password: \(ConfigurationBlocks.text(of: password))") }
      return lines.joined(separator: "\n")
    }
  }
}

/// The mail that is to be sent, as flags say it.
struct MailOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The mail relay, smtp:// or smtps://.", valueName: "url"))
  var smtp: String?

  @Option(help: ArgumentHelp("The user name for the relay.", valueName: "name"))
  var smtpUser: String?

  @Option(help: ArgumentHelp("The file that contains the relay's password.", valueName: "file"))
  var smtpPasswordFile: String?

  @Option(
    help: ArgumentHelp("The environment variable with the relay's password.", valueName: "variable")
  )
  var smtpPasswordEnv: String?

  @Option(
    help: ArgumentHelp("The folder to deliver mail to, instead of a relay.", valueName: "dir"))
  var maildir: String?

  @Option(
    help: ArgumentHelp("The sender, such as `Example <care@example.com>`.", valueName: "address")
  )
  var from: String?

  func validate() throws {
    if smtp != nil && maildir != nil {
      throw ValidationError("choose one of --smtp and --maildir")
    }
    if smtpPasswordFile != nil && smtpPasswordEnv != nil {
      throw ValidationError("choose one of --smtp-password-file and --smtp-password-env")
    }
    if (smtpUser != nil) != (password != nil) {
      throw ValidationError(
        "--smtp-user and a password, --smtp-password-file or --smtp-password-env, belong together")
    }
    if smtpUser != nil && smtp == nil { throw ValidationError("--smtp-user is for --smtp") }
  }

  var password: SecretReference? {
    smtpPasswordFile.map { .file(URL(fileURLWithPath: $0).standardizedFileURL.path) }
      ?? smtpPasswordEnv.map { .environment($0) }
  }

  /// What the flags say; nil where they say nothing.
  func way() throws -> MailWay? {
    if let smtp {
      guard case .smtp(let url, _) = try MailWay(smtp, standard: "") else {
        throw Failure(.usage, "expected --smtp to be a relay such as smtp://relay.example.com:587")
      }
      return .smtp(url: url, user: smtpUser)
    }
    return maildir.map { .maildir(path: URL(fileURLWithPath: $0).standardizedFileURL.path) }
  }
}
