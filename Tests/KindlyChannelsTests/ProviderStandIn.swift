import Foundation
import KindlyCore
import KindlyTestKit
import KindlyTransport
import Synchronization
import Testing

@testable import KindlyChannels

/// A provider's stand-in in a process of its own, and a channel to it.
///
/// `Tests/Support/providers.py` checks each request as the provider does; a request with a fault has not been taken.
struct ProviderStandIn: Sendable {
  let server: HTTPServerFixture
  let channel: any Channel
  let ledger: MemoryTokens

  /// What the clocks of both sides show.
  static let now = Instant(seconds: 1_770_687_000)
  /// Long enough for any machine; the tests about silence have their own.
  static let patience = Duration.seconds(60)

  /// Starts the stand-in of a provider.
  ///
  /// - Parameters:
  ///   - options: what the service knows of its customer, as JSON without the outer braces.
  ///   - service: the channel's service, for a URL.
  static func start(
    _ provider: String, _ options: String, timeout: Duration = ProviderStandIn.patience,
    _ service: (_ url: String) throws -> any HTTPService
  ) async throws -> ProviderStandIn {
    let server = try await HTTPServerFixture.start(
      script: "providers.py",
      ["--provider", provider, "--options", "{\"now\": \(now.seconds), \(options)}"])
    let ledger = MemoryTokens()
    return ProviderStandIn(
      server: server,
      channel: channel(to: try service(server.url("")), timeout: timeout, ledger: ledger),
      ledger: ledger)
  }

  /// A channel to a service, with a token that it shares over a ledger if it needs one.
  static func channel(
    to service: any HTTPService, timeout: Duration = ProviderStandIn.patience,
    ledger: any TokenLedger
  ) -> any Channel {
    HTTPServiceChannel(
      name: "out", service: service,
      access: HTTPAccess(allowsPrivate: true, connections: 4, timeout: timeout),
      clock: ManualClock(now), ledger: ledger)
  }

  /// The ids or texts of the messages that the provider took, and every fault it found.
  func taken() throws -> [String] { try server.requests().compactMap { $0.taken ?? $0.fault } }

  func send(_ delivery: Delivery) async throws -> Outcome {
    await channel.send(try channel.prepare(delivery), deadline: ProviderStandIn.patience)
  }
}

/// Access tokens in memory, kept as the ledger keeps them.
final class MemoryTokens: TokenLedger {
  private let state = Mutex([String: AccessToken]())

  var tokens: [String: AccessToken] { state.withLock { $0 } }

  func token(of account: String) async throws -> AccessToken? {
    state.withLock { $0[account] }
  }

  func keep(_ token: AccessToken, of account: String) async throws {
    state.withLock { $0[account] = token }
  }
}
