import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlySQLiteLedger
import KindlyTestKit
import Synchronization
import Testing

/// A channel type that the product does not know: it needs the public list alone.
@Suite("A custom channel type")
struct ChannelTypeTests {
  private static let rules = """
    rules:
      - name: ending
        watch: customers
        when: 4 days before ends_on
        send: pager
        template: ending
    """

  private static let schema =
    Simple.schema + "UPDATE customers SET phone = CASE id WHEN 1 THEN 'b-17' ELSE 'seventeen' END;"

  private func company(
    keys: String = "", token: String = "s3cret", badges: String = ", badge: phone",
    rules: String = ChannelTypeTests.rules
  ) async throws -> Company {
    try await Company(
      at: "2026-03-01 12:00", schema: ChannelTypeTests.schema,
      configuration: Simple.configuration().replacingOccurrences(
        of: "channels:\n",
        with: "channels:\n  pager: { type: pager, token: { env: TOKEN }, station: FOLDER\(keys) }\n"
      ).replacingOccurrences(of: ", email: email }", with: ", email: email\(badges) }"),
      rules: rules, files: ["templates/ending.html": "---\nsubject: Ends\n---\n<p>soon</p>\n"],
      channelTypes: ChannelTypes.all + [PagerSettings.self], environment: ["TOKEN": token])
  }

  private func problems(_ keys: String, badges: String = ", badge: phone") async -> [String] {
    do {
      await (try company(keys: keys, badges: badges)).close()
      return []
    } catch let problems as ConfigurationProblems {
      return problems.problems.map(\.text)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("has its keys read, its secret revealed and its own kind of address looked up")
  func goesOut() async throws {
    let company = try await company(keys: ", beeps: 3")
    try await company.turn()
    try await company.turn(at: "2026-03-06 09:00")
    let station = Station.at(company.folder.path)
    #expect(station.calls == [Station.Call(badge: "B-17", text: "soon", beeps: 3)])
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("tries again after silence as its repeat guard allows, and is heard once")
  func isRepeated() async throws {
    let company = try await company()
    try await company.turn()
    let station = Station.at(company.folder.path)
    station.answers(false)
    try await company.turn(at: "2026-03-06 09:00")
    #expect(try await company.states(of: "1") == ["uncertain"])
    station.answers(true)
    try await company.turn(at: "2026-03-06 09:30")
    #expect(station.calls.count == 1)
    #expect(station.attempts == 2)
    #expect(try await company.states(of: "1") == ["sent"])
    await company.close()
  }

  @Test("checks addresses by its own form, and names the column of an invalid one")
  func addresses() async throws {
    let company = try await company()
    try await company.turn()
    try await company.turn(at: "2026-04-16 09:00")
    let details = try await company.details(of: "2")
    #expect(details.map(\.summary.reason) == [.addressInvalid])
    #expect(details.first?.evidence == "{\"customers.phone\":\"the badge is not b- and digits\"}")
    #expect(Station.at(company.folder.path).calls.isEmpty)
    await company.close()
  }

  @Test("makes its address a field of the customer in letters")
  func field() async throws {
    let company = try await company(
      rules: ChannelTypeTests.rules.replacingOccurrences(of: "send: pager", with: "send: inbox"))
    try company.folder.write(
      "---\nsubject: Ends\n---\n<p>badge {{customer.badge}}</p>\n", to: "templates/ending.html")
    _ = try await company.daemon.reloader.reload(acceptDrop: false)
    try await company.turn(at: "2026-03-06 09:00")
    let entries = try await company.daemon.ledger.inbox(
      unreadOnly: false, before: nil, limit: 9)
    #expect(entries.map { $0.body?.trimmingCharacters(in: .newlines) } == ["badge b-17"])
    await company.close()
  }

  @Test("reports mistakes like any other type")
  func mistakes() async {
    #expect(
      await problems(", beeps: 9") == [
        "expected `beeps` to be a whole number from 1 to 3, got `9`"
      ])
    #expect(await problems(", bleeps: 2")[0].contains("unknown key `bleeps` in channel pager"))
    #expect(
      await problems("", badges: "") == [
        "expected `customers:` to have `badge: COLUMN` for channel pager, got none"
      ])
    #expect(
      await problems("", badges: ", bagde: phone").joined().contains("did you mean `badge`?"))
  }

  @Test("cannot be used without its secret")
  func secret() async {
    let error = await #expect(throws: SecretProblem.self) {
      _ = try await company(token: "")
    }
    #expect(error?.description.contains("TOKEN") == true)
  }
}

/// The settings of a pager, as a plug-in would declare them.
private struct PagerSettings: ChannelType {
  static let word = "pager"
  static let badge = AddressKind("badge") { text throws(UnfitDelivery) in
    guard text.hasPrefix("b-"), !text.dropFirst(2).isEmpty, text.dropFirst(2).allSatisfy(\.isNumber)
    else { throw UnfitDelivery(.address, "the badge is not b- and digits") }
    return text.uppercased()
  }
  static var addressKinds: [AddressKind] { [badge] }

  let station: String
  let token: SecretReference
  let beeps: Int

  init?(_ fields: inout Fields) {
    let station = fields.requiredText("station", "a path")
    let token = fields.secret("token")
    beeps = fields.number("beeps", in: 1...3) ?? 1
    guard let station, let token else { return nil }
    self.station = station.string
    self.token = token
  }

  var traits: ChannelTraits {
    ChannelTraits(rings: true, afterUnknown: .tryAgain, address: PagerSettings.badge)
  }

  var secrets: [SecretReference] { [token] }
  var standardConcurrency: Int { 1 }

  func channel(in surroundings: ChannelSurroundings) throws -> any Channel {
    Pager(
      name: surroundings.name, traits: traits, token: try surroundings.reveal(token),
      station: Station.at(station), beeps: beeps)
  }
}

private struct Pager: Channel {
  let name: String
  let traits: ChannelTraits
  let token: Secret
  let station: Station
  let beeps: Int

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let text = delivery.message.text.trimmingCharacters(in: .newlines)
    return Payload(
      publicID: delivery.publicID, recipient: try recipient(of: delivery.recipient.address),
      bytes: Array(text.utf8))
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    let call = Station.Call(
      badge: payload.recipient, text: String(decoding: payload.bytes, as: UTF8.self), beeps: beeps)
    guard token.exposed == "s3cret" else { return .misconfigured(Refusal("wrong token")) }
    return station.take(call, id: payload.publicID)
      ? .sent(evidence: "beeped") : .unknown(Refusal("silence"))
  }

  func close() async {}
}

/// What pagers call: it recognises a call that it had before by its id.
private final class Station: Sendable {
  struct Call: Hashable {
    let badge: String
    let text: String
    let beeps: Int
  }

  private static let stations = Mutex<[String: Station]>([:])

  static func at(_ path: String) -> Station {
    stations.withLock { stations in
      let station = stations[path] ?? Station()
      stations[path] = station
      return station
    }
  }

  private let state = Mutex((calls: [String: Call](), attempts: 0, answers: true))

  var calls: [Call] { state.withLock { Array($0.calls.values) } }
  var attempts: Int { state.withLock { $0.attempts } }

  func answers(_ answers: Bool) { state.withLock { $0.answers = answers } }

  /// Takes a call, and tells whether the caller hears of it.
  func take(_ call: Call, id: String) -> Bool {
    state.withLock { state in
      state.attempts += 1
      if state.calls[id] == nil { state.calls[id] = call }
      return state.answers
    }
  }
}
