import KindlyCore
import Testing

@testable import KindlyTransport

extension SMTPAccount {
  /// An account as a test needs it; fill in only what matters.
  static func fixture(
    _ url: String, login: Login? = nil, tls: TLS = .none, caFile: String? = nil,
    connections: Int = 1, messagesPerConnection: Int = 100, silence: Duration = standardSilence
  ) throws -> SMTPAccount {
    SMTPAccount(
      server: try #require(SMTPServer(url)), login: login, tls: tls, caFile: caFile,
      connections: connections, messagesPerConnection: messagesPerConnection, silence: silence)
  }
}
