import KindlyConfig
import KindlyCore
import Testing

@Suite("How servers are asked")
struct ServerMannersTests {
  private func settings(_ line: String) throws -> SourceSettings? {
    try ConfigurationFolder(["kindly.yaml": "sources:\n  crm: { \(line) }"]).load()
      .source(named: "crm")
  }

  @Test("is two connections and half a minute of lag, unless the settings say otherwise")
  func manners() throws {
    let plain = try settings("url: \"postgresql://localhost/crm\"")
    #expect(plain?.manners == ServerManners(connections: 2, replicaLag: .seconds(30)))
    let own = try settings(
      "url: \"mysql://localhost/crm\", connections: 1, replica lag: 2m, encoding: GBK")
    #expect(
      own?.manners == ServerManners(connections: 1, encoding: "GBK", replicaLag: .minutes(2)))
  }

  @Test("refuses what a server or a file does not have")
  func problems() throws {
    for (line, message) in [
      ("url: \"csv:///a\", connections: 2", "expected `connections` for a server alone"),
      ("url: \"sqlite:///a\", replica lag: 5s", "expected `replica lag` for a server alone"),
      (
        "url: \"postgresql://localhost/crm\", connections: 3",
        "expected `connections` to be a whole number from 1 to 2"
      ),
      (
        "url: \"postgresql://localhost/crm\", replica lag: 10ms",
        "expected `replica lag` to be a time from 1s to 24h"
      ),
      ("url: \"postgresql://localhost/crm\", encoding: GBK", "expected `encoding` for CSV"),
      (
        "url: \"postgresql://a,b/crm?target_session_attrs=master\"",
        "to be one of any, read-write, read-only, primary, standby, prefer-standby"
      ),
    ] {
      let problem = #expect(throws: (any Error).self) { _ = try settings(line) }
      #expect("\(String(describing: problem))".contains(message), "\(line)")
    }
  }

  @Test("takes several hosts and which of them is wanted from the URL")
  func targets() throws {
    let hosts = "kindly@localhost,127.0.0.1:5433"
    for target in ServerAddress.Target.allCases {
      for scheme in ["postgresql", "mysql"] {
        let server = try settings(
          "url: \"\(scheme)://\(hosts)/crm?target_session_attrs=\(target.rawValue)\"")?.kind.server
        #expect(server?.target == target)
        #expect(server?.hosts.map(\.name) == ["localhost", "127.0.0.1"])
      }
    }
    #expect(try settings("url: \"mysql://localhost/crm\"")?.kind.server?.target == .any)
  }
}
