import Foundation
import KindlyChannels
import KindlyConfig
import KindlyCore
import KindlyTransport
import Testing

@Suite("Secrets")
struct SecretTests {
  @Test("come from a credential, a file or the environment, without the line end behind them")
  func resolve() throws {
    let folder = try ConfigurationFolder(["smtp": "pass word \n", "crlf": "x\r\n"])
    let environment = ["CREDENTIALS_DIRECTORY": folder.path, "TOKEN": "abc"]
    #expect(
      try SecretReference.credential("smtp").resolve(environment: environment).exposed
        == "pass word ")
    #expect(
      try SecretReference.file(folder.path + "/crlf").resolve(environment: [:]).exposed == "x")
    #expect(
      try SecretReference.environment("TOKEN").resolve(environment: environment).exposed == "abc")
  }

  @Test("that cannot be had say why and what to do")
  func problems() throws {
    let folder = try ConfigurationFolder(["empty": "\n", "x": ""])
    func problem(_ reference: SecretReference, _ environment: [String: String] = [:]) -> String {
      do throws(SecretProblem) {
        _ = try reference.resolve(environment: environment)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(
      problem(.credential("smtp")).contains(
        "add `LoadCredential=smtp:/etc/kindly/smtp` to the unit"))
    #expect(
      problem(.credential("smtp"), ["CREDENTIALS_DIRECTORY": folder.path]).contains(
        "does not exist; add `LoadCredential=smtp:"))
    #expect(
      problem(.file("/nowhere/x")).contains(
        "/nowhere/x does not exist; create it, readable by the user kindly"))
    #expect(problem(.file(folder.path + "/empty")).contains("is empty"))
    #expect(problem(.file(folder.path)) != "")
    #expect(
      problem(.environment("TOKEN")).contains(
        "the environment has no TOKEN; set it for the service"))
  }
}

@Suite("Settings")
struct SettingsTests {
  @Test(
    "of rates",
    arguments: [
      ("20/s", 20, Rate.Unit.second), ("100/min", 100, .minute), ("1000 / h", 1000, .hour),
      ("5/d", 5, .day),
    ])
  func rates(text: String, count: Int, unit: Rate.Unit) {
    #expect(Rate(text) == Rate(count: count, per: unit))
  }

  @Test(
    "refuse what is no rate",
    arguments: [
      "20", "/s", "20/", "20/sec", "-1/s", "0/s", "2.5/s", "20/s/s", "1000001/s",
      "99999999999999999999/s",
    ])
  func noRates(text: String) {
    #expect(Rate(text) == nil)
  }

  @Test(
    "of delivery",
    arguments: [
      ("live", DeliveryMode.live), ("rehearsal", .rehearsal),
      ("redirect to ops@example.com", .redirect(to: "ops@example.com")),
    ])
  func delivery(text: String, mode: DeliveryMode) {
    #expect(DeliveryMode(text) == mode)
    #expect(DeliveryMode(mode.description) == mode)
  }

  @Test(
    "of mail servers",
    arguments: [
      ("smtp://relay.example.com", SMTPAccount.TLS.required),
      ("smtps://relay.example.com", .required), ("smtps://localhost", .required),
      ("smtp://localhost:25/", .none), ("smtp://[::1]:25", .none),
      ("smtp://[2001:db8::1]", .required),
    ])
  func servers(url: String, tls: SMTPAccount.TLS) throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": "channels:\n  a: { type: smtp, url: \"\(url)\", from: a@b.example }\n"
    ])
    let smtp = try #require(try folder.load().channel(named: "a")?.type as? SMTPSettings)
    #expect(smtp.server == SMTPServer(url))
    #expect(smtp.tls == tls)
  }

  @Test("of every channel key")
  func channels() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": """
      channels:
        mail:
          type: smtp
          url: smtp://mx.example.com:2525
          from: Example <a@example.com>
          reply_to: b@example.com
          bounces: c@example.com
          user: u
          password: { env: SMTP_PASSWORD }
          tls: none
          ca file: /etc/ssl/own.pem
          connections: 3
          messages per connection: 50
          rate: 20/s
          quiet hours: 20:00-09:00
        sms:
          type: exec
          command: [/usr/local/bin/sms, --to, "-"]
          timeout: 90s
          rings: yes
          address: phone
          concurrency: 7
          quiet hours: no

      """
    ])
    let configuration = try folder.load()
    let mail = try #require(configuration.channel(named: "mail"))
    let password = SecretReference.environment("SMTP_PASSWORD")
    let smtp = try #require(mail.type as? SMTPSettings)
    #expect(smtp.server == SMTPServer("smtp://mx.example.com:2525"))
    #expect(smtp.tls == .none)
    #expect(smtp.from.description == "Example <a@example.com>")
    #expect(smtp.replyTo?.description == "b@example.com")
    #expect(smtp.bounces?.description == "c@example.com")
    #expect(smtp.user == "u")
    #expect(smtp.password == password)
    #expect(smtp.secrets == [password])
    #expect(smtp.caFile == "/etc/ssl/own.pem")
    #expect(smtp.connections == 3)
    #expect(smtp.messagesPerConnection == 50)
    #expect(mail.concurrency == 3)
    #expect(mail.rate == Rate("20/s"))
    #expect(mail.quietHours?.description == "20:00-09:00")
    #expect(configuration.warnings.map { $0.text.contains("unencrypted") } == [true])
    let sms = try #require(configuration.channel(named: "sms"))
    let exec = try #require(sms.type as? ExecSettings)
    #expect(exec.command == ["/usr/local/bin/sms", "--to", "-"])
    #expect(exec.timeout == .seconds(90))
    #expect(exec.deadline == .seconds(95))
    #expect(
      exec.traits
        == ChannelTraits(
          rings: true, afterUnknown: .waitForPerson, address: .phone, carriesAttachments: true))
    #expect(sms.concurrency == 7)
    #expect(sms.quietHours == .off && sms.sendHours == nil)
  }

  @Test("are the defaults where nothing is said")
  func defaults() throws {
    let configuration = try ConfigurationFolder(["kindly.yaml": ""]).load()
    #expect(configuration.timezone == .utc)
    #expect(configuration.language == nil)
    #expect(configuration.delivery == .rehearsal)
    #expect(configuration.defaultTime.description == "09:00")
    #expect(configuration.hours == .none)
    #expect(configuration.stateDirectory == "/var/lib/kindly")
    #expect(configuration.socket == "/run/kindly/control.sock")
    #expect(configuration.rules.isEmpty && configuration.warnings.isEmpty)
  }

  @Test("of the company's language are a BCP 47 tag")
  func language() throws {
    let folder = try ConfigurationFolder(["kindly.yaml": "language: zh_cn"])
    #expect(try folder.load().language?.text == "zh-CN")
    try folder.write("kindly.yaml", "language: German")
    #expect(
      folder.problems() == [
        "kindly.yaml:1:11: error: expected `language` to be a BCP 47 language such as en or zh-Hans, got `German`"
      ])
  }

  @Test("of every rule key, the step's standing over the rule's")
  func rules() throws {
    let folder = try Fixture.folder(
      rule: """
        was: [old-a, old-b]
        backfill: 30 days
        fuse: 8000 a day
        when: update of status
        if: status = 'a'
        send: email else inbox
        class: marketing
        late: skip after 2 days
        recheck: row
        quiet hours: no
        steps:
          - template: one
          - { template: two, name: second, was: deux, when: delete, if: old.x = 1, send: inbox, class: service, late: skip after 1 hour, recheck: nothing, quiet hours: yes }
        """)
    #expect(folder.problems() == [])
    let rule = try #require(try folder.load().rules.first)
    #expect(rule.formerNames == ["old-a", "old-b"])
    #expect(rule.backfill == Period(30, .day))
    #expect(rule.fuse == 8000)
    let first = rule.steps[0]
    #expect(
      first
        == Step(
          name: "one", when: .update(of: ["status"]), conditions: ["status = 'a'"],
          legs: Leg.all([Route(["email", "inbox"])]),
          template: "one", messageClass: .marketing, late: .after(Period(2, .day)), recheck: .row,
          quietHours: .off,
          place: first.place))
    let second = rule.steps[1]
    #expect(
      second
        == Step(
          name: "second", formerNames: ["deux"], when: .delete,
          conditions: ["status = 'a'", "old.x = 1"],
          legs: Leg.all([Route(["inbox"])]), template: "two", messageClass: .service,
          late: .after(Period(1, .hour)),
          recheck: .nothing, quietHours: .on, place: second.place))
  }
}

@Suite("Servers of sources")
struct ServerURLTests {
  private func address(_ url: String) throws -> ServerAddress? {
    let folder = try ConfigurationFolder(["kindly.yaml": "sources:\n  crm: { url: \"\(url)\" }"])
    return try folder.load().source(named: "crm")?.kind.server
  }

  @Test(
    "are read from a URL; another machine's certificate is checked unless the URL says otherwise")
  func urls() throws {
    typealias Host = ServerAddress.Host
    let cases: [(String, ServerAddress)] = [
      (
        "postgresql://kindly@db.example.com/crm",
        ServerAddress(
          hosts: [Host(name: "db.example.com")], database: "crm", user: "kindly", security: .checked
        )
      ),
      (
        "mariadb://kindly@%2Frun%2Fmysqld%2Fmysqld.sock/crm",
        ServerAddress(
          hosts: [Host(name: "/run/mysqld/mysqld.sock")], database: "crm", user: "kindly",
          security: .none)
      ),
      (
        "mysql://db:3307/crm",
        ServerAddress(hosts: [Host(name: "db", port: 3307)], database: "crm", security: .checked)
      ),
      (
        "postgresql:///crm", ServerAddress(hosts: [Host()], database: "crm", security: .none)
      ),
      (
        "postgresql://%2Frun%2Fpg:5433/my%20crm",
        ServerAddress(
          hosts: [Host(name: "/run/pg", port: 5433)], database: "my crm", security: .none)
      ),
      (
        "postgresql://a.b@[::1]:5433/crm?sslmode=require",
        ServerAddress(
          hosts: [Host(name: "::1", port: 5433)], database: "crm", user: "a.b", security: .encrypted
        )
      ),
      (
        "postgresql://one,two:5433/crm?sslrootcert=%2Fetc%2Fca.pem",
        ServerAddress(
          hosts: [Host(name: "one"), Host(name: "two", port: 5433)], database: "crm",
          security: .checked, certificates: "/etc/ca.pem")
      ),
    ]
    for (url, expected) in cases { #expect(try address(url) == expected) }
  }

  @Test("on other machines are warned about where data would go unprotected")
  func warnings() throws {
    for (url, count) in [
      ("postgresql://db/crm", 0), ("postgresql://db/crm?sslmode=require", 1),
      ("postgresql://db/crm?sslmode=disable", 1), ("postgresql://localhost/crm?sslmode=disable", 0),
    ] {
      let folder = try ConfigurationFolder([
        "kindly.yaml": "sources:\n  crm: { url: \"\(url)\", password: { env: CRM } }"
      ])
      let configuration = try folder.load()
      #expect(configuration.warnings.count == count)
      #expect(configuration.source(named: "crm")?.password == .environment("CRM"))
    }
  }
}

@Suite("ODBC connection strings")
struct ODBCStringTests {
  private func address(_ url: String) throws -> ODBCAddress? {
    let folder = try ConfigurationFolder([
      "kindly.yaml": "sources:\n  crm:\n    url: |-\n      \(url)\n    password: { env: CRM }"
    ])
    guard case .odbc(let address) = try folder.load().source(named: "crm")?.kind else { return nil }
    return address
  }

  @Test(
    "are read as ODBC reads them, and written with the password last",
    arguments: [
      ("odbc:DSN=crm", "DSN=crm;PWD={a;}}b}", "odbc:DSN=crm"),
      (
        "ODBC:Driver={ODBC Driver 18 for SQL Server};Server=db,1433;UID=kindly;",
        "Driver=ODBC Driver 18 for SQL Server;Server={db,1433};UID=kindly;PWD={a;}}b}",
        "odbc:Driver=ODBC Driver 18 for SQL Server;Server=db,1433"
      ),
      (
        "odbc: Driver=X; Database={a;b}}c};Secret=1",
        "Driver=X;Database={a;b}}c};Secret=1;PWD={a;}}b}",
        "odbc:Driver=X;Database=a;b}c"
      ),
    ])
  func strings(url: String, connection: String, text: String) throws {
    let address = try #require(try address(url))
    #expect(address.connectionString(password: Secret("a;}b")) == connection)
    #expect(address.text == text)
    let restraints = [ODBCAddress.Attribute("NoCreat", "1"), ODBCAddress.Attribute("Secret", "2")]
    #expect(
      address.connectionString(password: nil, restraints: restraints)
        == connection.replacing(
          ";PWD={a;}}b}",
          with: address.value("secret") == nil ? ";NoCreat=1;Secret=2" : ";NoCreat=1"))
  }

  @Test(
    "are refused without a driver, with a password, and where they are none",
    arguments: [
      ("odbc:", "to be an ODBC connection string"), ("odbc:Server=db", "to be an ODBC"),
      ("odbc:DSN", "to be an ODBC"), ("odbc:DSN=crm;PWD=hush", "to have no password"),
      ("odbc:DSN=crm;Password={hush}", "to have no password"), ("odbc:DSN={crm", "to close each"),
    ])
  func refused(url: String, message: String) throws {
    let folder = try ConfigurationFolder(["kindly.yaml": "sources:\n  crm: { url: '\(url)' }"])
    let problems = folder.problems()
    #expect(problems.contains { $0.contains(message) }, "\(problems)")
    #expect(!problems.contains { $0.contains("hush") })
  }
}
