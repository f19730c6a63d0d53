package import KindlyCore

/// One request, ready to be sent.
package struct HTTPRequest: Hashable, Sendable {
  package struct Header: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let method: String
  package let url: String
  package let headers: [Header]
  /// Nil for a request that has none, such as GET.
  package let body: [UInt8]?

  package init(
    _ method: String = "POST", url: String, headers: [Header] = [], body: [UInt8]? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Whether the request can be written as it is: its parts hold nothing that would end a line.
  var isWellFormed: Bool {
    let parts = [method, url] + headers.flatMap { [$0.name, $0.value] }
    return parts.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }
  }
}

/// The other side's answer to a request.
package struct HTTPAnswer: Hashable, Sendable {
  package let status: Int
  package let headers: [HTTPRequest.Header]
  /// At most `longestBody` bytes.
  package let body: [UInt8]
  /// Whether `body` is all of the body: it was neither too long nor cut off.
  package let isWhole: Bool

  /// A provider's answer is a few kilobytes; what is longer comes from something else.
  package static let longestBody = 256 * 1024

  package init(
    status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = [], isWhole: Bool = true
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.isWhole = isWhole
  }

  /// The first header of a name; names are compared without case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// How long the other side asks to wait, by its `Retry-After`; nil if the header is missing or invalid.
  ///
  /// RFC 9110, 10.2.3: a number of seconds, or a date. A date that has passed means no wait.
  package func retryAfter(now: Instant) -> Duration? {
    header("Retry-After").flatMap { RetryAfter.wait($0, now: now) }
  }
}

/// How a request ended.
package enum HTTPEnding: Hashable, Sendable {
  case answered(HTTPAnswer)
  /// The whole request was handed over, and no answer came. The text says why.
  case unanswered(String)
  /// Not all of the request was handed over, so nothing can have happened. The next attempt may succeed.
  case unreachable(String)
  /// Nothing was handed over, and nothing will be until a person changes something.
  case misconfigured(String)
  /// Nothing was handed over, because the client closes.
  case withdrawn(String)
}

/// How to reach a service over HTTP.
package struct HTTPAccess: Hashable, Sendable {
  /// A PEM file of the certificates to trust instead of the system's.
  package let caFile: String?
  /// The URL of an HTTP proxy.
  package let proxy: String?
  /// Whether the service may be at a private or loopback address. With a proxy, the proxy decides.
  package let allowsPrivate: Bool
  /// How many requests run at once, each on its own thread.
  package let connections: Int
  /// How long one exchange may take. Connecting may take a third of it; the answer must begin within two thirds.
  package let timeout: Duration

  package init(
    caFile: String? = nil, proxy: String? = nil, allowsPrivate: Bool = false, connections: Int,
    timeout: Duration
  ) {
    self.caFile = caFile
    self.proxy = proxy
    self.allowsPrivate = allowsPrivate
    self.connections = connections
    self.timeout = timeout
  }

  var connectPatience: Duration { timeout / 3 }
  var firstBytePatience: Duration { timeout * 2 / 3 }
}
