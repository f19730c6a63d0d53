import KindlyCore

/// Sends requests over a fixed number of connections, each with its own thread.
///
/// Connections are reused, over HTTP/2 where the server offers it. Certificates are verified, redirects are not
/// followed, and only a configured proxy is used.
package final class HTTPClient: Sendable {
  private let threads: TransferThreads<HTTPConnection>
  private let timeout: Duration

  package init(_ access: HTTPAccess, closing: Closing = Closing()) {
    timeout = access.timeout
    threads = TransferThreads(access.connections, name: "http", closing: closing) {
      HTTPConnection(access: access, closing: closing)
    }
  }

  /// Sends one request within `deadline` and the client's own time limit, whichever is shorter.
  ///
  /// Both count from the call and so include the wait for a connection.
  package func send(_ request: HTTPRequest, deadline: Duration) async -> HTTPEnding {
    guard request.isWellFormed else {
      return .misconfigured("the request's URL or a header holds a control character")
    }
    return switch await threads.carryOut(request, deadline: min(deadline, timeout)) {
    case .ended(let ending): ending
    case .noneFree: .unreachable("no connection was free before the deadline; nothing was sent")
    case .closed: .withdrawn("the channel is closed; nothing was sent")
    }
  }

  /// Breaks off requests in progress, refuses those still waiting, and ends threads and connections.
  ///
  /// It waits only for answers to requests that were handed over, within the patience of `Closing`.
  package func close() async {
    await threads.close()
  }
}
