package import KindlyConfig
import KindlyCore
package import KindlyTransport

/// Makes the mailbox of its settings.
package enum MailboxAssembly {
  /// Opens nothing yet, but reads the password.
  package static func account(
    _ settings: MailboxSettings, environment: [String: String]
  ) throws -> IMAPAccount {
    IMAPAccount(
      server: settings.server, user: settings.user,
      password: try settings.password.resolve(environment: environment),
      tls: settings.isPlain ? .none : .required, caFile: settings.caFile, folder: settings.folder)
  }

  /// Counts the mails of a mailbox; throws a `MailboxFault` if it cannot be used as configured.
  package static func count(
    _ settings: MailboxSettings, environment: [String: String]
  ) async throws -> Int {
    let client = IMAPClient(try account(settings, environment: environment))
    let count: Int
    do {
      count = try await client.check(settings.done, deadline: checkDeadline)
    } catch {
      await client.close()
      throw error
    }
    await client.close()
    return count
  }

  /// A person waits for the answer.
  private static let checkDeadline = Duration.seconds(30)
  /// How long one exchange with the server may take, however slow it is.
  package static let deadline = Duration.minutes(5)
}

/// The mailbox of a configuration, ready to be read.
package struct AnswerSetting: Sendable {
  let settings: MailboxSettings
  let account: IMAPAccount
}
