import KindlyCore
import KindlyTransport

/// Keeps the access token of one account: fetched once for all lanes, and shared over the ledger with other processes.
actor TokenCabinet {
  private let service: any TokenService
  private let client: HTTPClient
  private let ledger: any TokenLedger
  private let clock: any Timekeeper
  private var kept: AccessToken?
  private var fetching: Task<TokenAnswer, Never>?

  /// A token is not used in the last minutes of its life: a request may take as long.
  private static let margin = Duration.minutes(3)

  init(
    service: any TokenService, client: HTTPClient, ledger: any TokenLedger, clock: any Timekeeper
  ) {
    self.service = service
    self.client = client
    self.ledger = ledger
    self.clock = clock
  }

  /// A token that is valid for a while.
  ///
  /// - Parameter refused: the token that the provider has just refused, which is replaced unless that happened meanwhile.
  func token(replacing refused: Secret? = nil, deadline: Duration) async -> TokenAnswer {
    if let kept, isUsable(kept, refused) { return .token(kept) }
    if let fetching { return await fetching.value }
    // Unstructured, because several callers wait for it: one that is cancelled must not take it from the others.
    let task = Task { await fetch(replacing: refused, deadline: deadline) }
    fetching = task
    let answer = await task.value
    fetching = nil
    if case .token(let token) = answer { kept = token }
    return answer
  }

  private func isUsable(_ token: AccessToken, _ refused: Secret?) -> Bool {
    token.secret != refused && clock.now + TokenCabinet.margin < token.until
  }

  private func fetch(replacing refused: Secret?, deadline: Duration) async -> TokenAnswer {
    do {
      if let shared = try await ledger.token(of: service.account), isUsable(shared, refused) {
        return .token(shared)
      }
    } catch {
      return .refused(
        .retry(
          Refusal("cannot read the access token from the ledger: \(error)", isChannelWide: true)))
    }
    var answer = await request(refused: false, deadline: deadline)
    if case .token(let token) = answer, token.secret == refused {
      // The provider does not know that it refuses this token. Another program's fresh one would not be refused.
      answer = await request(refused: true, deadline: deadline)
    }
    if case .token(let token) = answer {
      // Losing the error is right: without the ledger this process has its token all the same.
      try? await ledger.keep(token, of: service.account)
    }
    return answer
  }

  private func request(refused: Bool, deadline: Duration) async -> TokenAnswer {
    switch await client.send(service.tokenRequest(refused: refused), deadline: deadline) {
    case .answered(let said): service.token(in: said, at: clock.now)
    // Nothing of the message was sent, so asking again repeats nothing.
    case .unanswered(let text), .unreachable(let text):
      .refused(.retry(Refusal("no access token: \(text)", isChannelWide: true)))
    case .misconfigured(let text):
      .refused(.misconfigured(Refusal("no access token: \(text)", isChannelWide: true)))
    case .withdrawn(let text): .refused(.withdrawn(Refusal(text)))
    }
  }
}
