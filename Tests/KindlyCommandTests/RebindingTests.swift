import Foundation
import Glibc
import KindlyTestKit
import Testing

/// The real daemon on a network of its own, where a name can move from a public address to a private one.
///
/// `Tests/Support/private_network.py` makes that network. Its public address belongs to somebody else on the
/// Internet, but no packet leaves the machine.
@Suite(
  "A name that moves to a private address",
  .enabled("this user may make no network namespaces") {
    try PrivateNetwork.isPossible
  })
struct RebindingTests {
  /// What each channel's name resolves to before and after it moves.
  private static let names: [(channel: String, path: String, before: [String], after: [String])] = [
    ("moves", "/once", [PrivateNetwork.outside], ["127.0.0.1"]),
    ("keeps", "/", [PrivateNetwork.outside], ["127.0.0.1"]),
    (
      "mixed", "/once", ["127.0.0.1", PrivateNetwork.outside, "10.0.0.1"],
      ["127.0.0.1", "10.0.0.1"]
    ),
    ("mapped", "/once", [PrivateNetwork.outside], ["::ffff:127.0.0.1"]),
    ("zero", "/once", [PrivateNetwork.outside], ["0.0.0.0"]),
    ("metadata", "/once", [PrivateNetwork.outside], ["169.254.169.254"]),
    ("loopback", "/once", [PrivateNetwork.outside], ["::1"]),
    ("local", "/once", [PrivateNetwork.outside], ["fd00::1", "fe80::1"]),
    ("inner", "/once", [PrivateNetwork.outside], ["10.0.0.1"]),
  ]

  private struct Reminder: Decodable {
    let id: String
    let customer: String?
    let rule: String
    let state: String
    let reason: String?
    let attempts: Int
  }

  private func company(on network: PrivateNetwork) throws -> Company {
    let company = try Company()
    try company.folder.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", to: "secret")
    let main = try String(contentsOfFile: company.etc + "/kindly.yaml", encoding: .utf8)
    let channels = Self.names.map { name in
      "  \(name.channel): { type: webhook, url: \"\(network.url(name.channel, name.path))\", concurrency: 1,"
        + " secret: { file: \(company.folder.path)/secret } }\n"
    }
    try company.write(main + channels.joined(), to: "kindly.yaml")
    let rules = Self.names.map { name in
      """
        - name: \(name.channel)
          watch: customers
          send: \(name.channel)
          template: hello
          when: insert

      """
    }
    try company.write("rules:\n" + rules.joined(), to: "rules.d/10-trial.yaml")
    try company.write("---\nsubject: Hello\n---\n<p>Hello</p>\n", to: "templates/hello.html")
    return company
  }

  /// The reminders of a customer by their rules, once all of them are as expected.
  private func reminders(
    of company: Company, about customer: Int, are expected: @escaping (Reminder) -> Bool
  ) async throws -> [Reminder] {
    var found: [Reminder] = []
    try await Eventually.holds("all reminders of customer \(customer) as expected") {
      found = try await company.run("outbox", "list", "--json").json(as: [Reminder].self)
        .filter { $0.customer == "\(customer)" }
      return found.count == Self.names.count && found.allSatisfy(expected)
    }
    return found
  }

  @Test("is reached while it is public; afterwards its reminders wait, and no connection is opened")
  func rebinding() async throws {
    let network = try await PrivateNetwork.start()
    try network.resolve(Self.names.map { ($0.channel, $0.before) })
    let company = try company(on: network)
    let daemon = try await RunningDaemon.start(company, through: network.joining)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Before")
    _ = try await reminders(of: company, about: 4) { $0.state == "sent" }
    #expect(try network.visited() == [PrivateNetwork.outside])
    let visits = try network.connections().count
    #expect(visits == Self.names.count)

    try network.resolve(Self.names.map { ($0.channel, $0.after) })
    try company.insert(5, name: "After")
    let later = try await reminders(of: company, about: 5) { reminder in
      reminder.rule == "keeps"
        ? reminder.state == "sent"
        : reminder.state == "waiting" && reminder.reason == "channel misconfigured"
    }
    // The connection that was checked when it was opened is used again; nothing else has been opened.
    #expect(try network.connections().count == visits)
    #expect(try network.requests().count == Self.names.count + 1)
    for name in Self.names where name.channel != "keeps" {
      let reminder = try #require(later.first { $0.rule == name.channel })
      let story = try await company.run("outbox", "show", reminder.id).output
      #expect(
        name.after.contains { story.contains(" is at \($0), which is not a public address") },
        "\(story)")
      #expect(story.contains("write `private addresses: yes`"), "\(story)")
      #expect(reminder.attempts == 0, "\(story)")
    }
    #expect(await daemon.stop() == 0)
  }
}

/// A network that only its members see, with names that can move and a server at all of its addresses.
private final class PrivateNetwork: Sendable {
  /// A public address, as far as anybody can tell.
  static let outside = "93.184.216.34"

  private let server: HTTPServerFixture
  private let zone: TemporaryFolder
  /// The beginning of a command that joins the network.
  let joining: [String]

  /// Whether this user may make such a network.
  static var isPossible: Bool {
    get throws {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      let user = geteuid() == 0 ? [] : ["--map-root-user"]
      process.arguments = user + ["--mount", "--net", "/bin/true"]
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  static func start() async throws -> PrivateNetwork {
    let zone = try TemporaryFolder()
    try zone.write("{}", to: "zone.json")
    let server = try await HTTPServerFixture.start(
      script: "private_network.py", ["--zone", zone.path + "/zone.json"])
    return try PrivateNetwork(server, zone)
  }

  private init(_ server: HTTPServerFixture, _ zone: TemporaryFolder) throws {
    self.server = server
    self.zone = zone
    let arguments = try String(
      contentsOf: server.folder.appending(path: "join"), encoding: .utf8)
    joining = ["/usr/bin/nsenter"] + arguments.split(separator: " ").map(String.init)
  }

  func url(_ name: String, _ path: String) -> String {
    server.url(path, host: "\(name).example.net")
  }

  /// Sets what names resolve to from now on.
  func resolve(_ names: [(name: String, addresses: [String])]) throws {
    let entries = names.map { name, addresses in
      "\"\(name).example.net\": [\(addresses.map { "\"\($0)\"" }.joined(separator: ", "))]"
    }
    // In one piece, because the server may read it at any time.
    try Data("{\(entries.joined(separator: ", "))}".utf8).write(
      to: URL(filePath: zone.path + "/zone.json"), options: .atomic)
  }

  struct Connection: Decodable {
    let number: Int
    let address: String
  }

  /// Every connection that reached the server so far.
  func connections() throws -> [Connection] {
    let text = try String(
      contentsOf: server.folder.appending(path: "connections.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map {
      try JSONDecoder().decode(Connection.self, from: Data($0.utf8))
    }
  }

  /// The addresses at which connections arrived.
  func visited() throws -> Set<String> {
    Set(try connections().map(\.address))  // by our own words
  }

  func requests() throws -> [HTTPServerFixture.Request] { try server.requests() }
}
