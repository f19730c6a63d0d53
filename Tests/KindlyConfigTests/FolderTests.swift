import Foundation
import Glibc
import KindlyChannels
import KindlyConfig
import KindlyCore
import Testing

@Suite("The folders of a configuration")
struct FolderTests {
  private static func rule(_ name: String) -> String {
    "rules:\n  - { name: \(name), watch: customers, send: email, when: insert, template: a }\n"
  }

  @Test("are read in the order of their files' names, without what editors and dpkg leave there")
  func order() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main,
      "rules.d/30-c.yaml": FolderTests.rule("c"), "rules.d/10-b.yaml": FolderTests.rule("b"),
      "rules.d/20-a.yaml": FolderTests.rule("a"), "rules.d/20-a.yaml~": "broken: [",
      "rules.d/.hidden.yaml": "broken: [", "rules.d/40-d.yaml.dpkg-new": "broken: [",
      "rules.d/40-d.dpkg-old.yaml": "broken: [", "rules.d/README": "broken: [",
      "rules.d/50-empty.yaml": "# none\n",
    ])
    #expect(try folder.load().rules.map(\.name) == ["b", "a", "c"])
  }

  @Test("say that a .yml file is not read")
  func yml() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main, "rules.d/a.yml": FolderTests.rule("a"),
    ])
    #expect(
      try folder.warnings() == [
        "rules.d/a.yml: warning: this file is ignored; rename it so that it ends with .yaml"
      ])
    #expect(try folder.load().rules.isEmpty)
  }

  @Test("hide files of the same name in weaker folders, with a link to /dev/null for good")
  func override() throws {
    let vendor = try ConfigurationFolder([
      "kindly.yaml": Fixture.main, "rules.d/10-a.yaml": FolderTests.rule("vendor-a"),
      "rules.d/20-b.yaml": FolderTests.rule("vendor-b"),
      "rules.d/30-c.yaml": FolderTests.rule("vendor-c"),
    ])
    let admin = try ConfigurationFolder([
      "rules.d/20-b.yaml": FolderTests.rule("admin-b"),
      "rules.d/15-d.yaml": FolderTests.rule("admin-d"),
    ])
    try FileManager.default.createSymbolicLink(
      atPath: admin.path + "/rules.d/30-c.yaml", withDestinationPath: "/dev/null")
    let configuration = try ConfigurationLoader(folders: [vendor.path, admin.path]).load()
    #expect(configuration.rules.map(\.name) == ["vendor-a", "admin-d", "admin-b"])
    #expect(configuration.folders == [vendor.path, admin.path])
    #expect(configuration.rules[2].place.file == admin.path + "/rules.d/20-b.yaml")
  }

  @Test("refuse a pipe, a socket, a device or a folder in place of a file, and never wait for one")
  func pipes() throws {
    let folder = try ConfigurationFolder(["kindly.yaml": Fixture.main])
    let rules = folder.path + "/rules.d"
    try FileManager.default.createDirectory(
      atPath: rules + "/20-folder.yaml", withIntermediateDirectories: true)
    #expect(mkfifo(rules + "/10-pipe.yaml", 0o644) == 0)
    try FileManager.default.createSymbolicLink(
      atPath: rules + "/30-device.yaml", withDestinationPath: "/dev/zero")
    let refusal =
      "error: expected a regular file, got a folder, pipe, socket or device; remove it or move it away"
    #expect(
      folder.problems()
        == ["10-pipe", "20-folder", "30-device"].map {
          "rules.d/\($0).yaml: \(refusal)"
        })
  }

  @Test("a secret's file that is a pipe is refused, and never waited for")
  func secretPipe() throws {
    let folder = try ConfigurationFolder(["kindly.yaml": Fixture.main])
    let path = folder.path + "/smtp"
    #expect(mkfifo(path, 0o600) == 0)
    #expect {
      try SecretReference.file(path).resolve(environment: [:])
    } throws: { error in
      "\(error)".contains("\(path) is a folder, pipe, socket or device and not a regular file")
    }
  }

  @Test("are the standard ones only for /etc/kindly")
  func standard() {
    #expect(
      ConfigurationLoader(folder: "/etc/kindly").folders == [
        "/usr/lib/kindly", "/run/kindly-config", "/etc/kindly",
      ])
    #expect(ConfigurationLoader(folder: "/srv/kindly").folders == ["/srv/kindly"])
  }

  @Test("without a kindly.yaml say what to do")
  func missing() throws {
    let problems = try ConfigurationFolder([:]).problems()
    #expect(problems.count == 1)
    #expect(problems.first?.contains("got no kindly.yaml in") == true)
    #expect(problems.first?.contains("`kindly init`") == true)
  }

  @Test("say which file is too large or not UTF-8")
  func unreadable() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main,
      "rules.d/10-a.yaml": String(repeating: "# much\n", count: 200_000),
    ])
    try Data([0x72, 0x3A, 0x20, 0xC3, 0x28]).write(
      to: URL(fileURLWithPath: folder.path + "/rules.d/20-b.yaml"))
    #expect(
      folder.problems() == [
        "rules.d/10-a.yaml: error: expected at most 1048576 bytes, got more",
        "rules.d/20-b.yaml: error: expected text in UTF-8, got other bytes; convert it with iconv",
      ])
  }

  @Test("may hold files with a byte order mark and with CR LF")
  func windows() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": "\u{FEFF}" + Fixture.main.replacing("\n", with: "\r\n"),
      "rules.d/10-a.yaml": FolderTests.rule("a").replacing("\n", with: "\r\n"),
    ])
    #expect(try folder.load().rules.map(\.name) == ["a"])
    try folder.write("rules.d/10-a.yaml", "rules:\r\n  - name: a\r\n    wach: customers\r\n")
    #expect(folder.problems().contains { $0.hasPrefix("rules.d/10-a.yaml:3:5:") })
  }
}

@Suite("The parts of a configuration together")
struct CrossCheckTests {
  private static let dated = "when: on x\nsend: email\ntemplate: a"

  @Test(
    "need `changes:` on a watch whose changes a rule asks for",
    arguments: ["insert", "update", "delete"])
  func changes(when: String) throws {
    let problems = try Fixture.folder(
      rule: "when: \(when)\nsend: email\ntemplate: a", watch: "visits"
    ).problems()
    #expect(problems.count == 1)
    #expect(problems.first?.contains("expected watch visits (") == true)
    #expect(problems.first?.contains("to have `changes:` for `when: \(when)`, got none") == true)
    #expect(try Fixture.folder(rule: CrossCheckTests.dated, watch: "visits").problems() == [])
  }

  @Test("need a known watch")
  func watch() throws {
    let problems = try Fixture.folder(rule: CrossCheckTests.dated, watch: "costumers").problems()
    #expect(
      problems == [
        "rules.d/10-test.yaml:3:12: error: expected `watch` to name a watch, got `costumers`; did you mean `customers`?"
      ])
  }

  @Test("need different names of rules, former ones included")
  func names() throws {
    func rule(_ keys: String) -> String {
      "  - { watch: customers, send: email, when: insert, template: a, \(keys) }\n"
    }
    for second in ["name: a", "name: b, was: a", "name: b, was: [c, a]"] {
      let problems = try Fixture.folder(rules: "rules:\n" + rule("name: a") + rule(second))
        .problems()
      #expect(problems.count == 1)
      #expect(
        problems.first?.contains("expected rules to have different names, got `a` as at") == true)
    }
  }

  @Test("need the column of the address that a channel sends to")
  func addresses() throws {
    let folder = try Fixture.folder(rule: CrossCheckTests.dated)
    try folder.write(
      "kindly.yaml", Fixture.main.replacing("  email: email\n  phone", with: "  phone"))
    #expect(
      folder.problems().map {
        $0.contains("expected `customers:` to have `email: COLUMN` for channel email")
      } == [true])
  }

  @Test("need `customers:` where there are rules")
  func customers() throws {
    let folder = try Fixture.folder(rule: CrossCheckTests.dated)
    let main = Fixture.main.replacing(
      "customers:\n  watch: customers\n  name: name\n  email: email\n  phone: mobile\n", with: "")
    try folder.write("kindly.yaml", main)
    #expect(
      folder.problems().map { $0.contains("expected kindly.yaml to have `customers:`") } == [true])
  }

  @Test("refuse a customer column where customers have two key columns")
  func compositeKey() throws {
    let folder = try Fixture.folder(rule: CrossCheckTests.dated, watch: "visits")
    try folder.write(
      "kindly.yaml",
      Fixture.main.replacing(
        "table: customers, key: id", with: "table: customers, key: [tenant, id]"))
    #expect(
      folder.problems().map { $0.contains("expected watch customers to have one key column") } == [
        true
      ])
  }

  @Test("warn of the server's clock and of old compared by <>")
  func conditions() throws {
    let folder = try Fixture.folder(
      rule:
        "when: update of status\nsend: email\ntemplate: a\nif: ends_on < date('now') AND old.status <> 'x'"
    )
    let warnings = try folder.warnings()
    #expect(warnings.count == 2)
    #expect(
      warnings.first?.hasPrefix(
        "rules.d/10-test.yaml:7:19: warning: `date` uses the database server's clock") == true)
    #expect(
      warnings.last?.hasPrefix("rules.d/10-test.yaml:7:46: warning: comparing with `old`") == true)
  }

  @Test("tell the columns that rules name, and bound them")
  func columns() throws {
    let step = "template: a, send: email, name: s"
    let folder = try Fixture.folder(
      rule: """
        if: old.a IS NULL
        steps:
          - { \(step)1, when: update of b, if: old.c = 1 }
          - { \(step)2, when: "update of b, d" }
        """)
    #expect(folder.problems() == [])
    let configuration = try folder.load()
    let columns = WatchColumns(
      watch: try #require(configuration.watch(named: "customers")), rules: configuration.rules,
      directory: configuration.customers)
    #expect(columns.updated == ["b", "d"])
    #expect(columns.old == ["a", "c"])
    #expect(!columns.anyUpdate && columns.isWatched)
    let chosen = columns.choose(from: ["id", "A", "b", "c", "d", "e"])
    #expect(chosen.compared == ["A", "b", "c", "d"] && chosen.captured == chosen.compared)
    let many = (1...33).map { "c\($0)" }.joined(separator: ", ")
    let problems = try Fixture.folder(
      rule: "when: update of \(many)\nsend: email\ntemplate: a"
    ).problems()
    #expect(problems.map { $0.contains("to name at most 32 columns in `update of`") } == [true])
  }

  @Test(
    "a secret column is no column to compare",
    arguments: ["when: update of Pw", "when: update\nif: \"old.pw IS NULL\""])
  func secretColumn(lines: String) throws {
    let folder = try Fixture.folder(rule: lines + "\nsend: email\ntemplate: a")
    #expect(folder.problems() == [])
    try folder.write(
      "kindly.yaml",
      Fixture.main.replacingOccurrences(
        of: "  watch: customers\n", with: "  watch: customers\n  secret: [pw]\n"))
    let problems = folder.problems()
    #expect(problems.count == 1)
    #expect(problems.first?.contains("to name no `secret:` column in `update of`") == true)
  }

  @Test("bound steps and routes")
  func bounds() throws {
    let steps = (1...21).map { "  - { when: \($0) days after x, template: t\($0) }" }.joined(
      separator: "\n")
    #expect(
      try Fixture.folder(rule: "send: email\nsteps:\n" + steps).problems().map {
        $0.contains("expected at most 20 steps, got 21")
      } == [true])
    let channels = (1...6).map { "c\($0)" }
    let main = Fixture.main + channels.map { "  \($0): { type: inbox }\n" }.joined()
    let folder = try Fixture.folder(
      rule: "when: on x\ntemplate: a\nsend: " + channels.joined(separator: " else "))
    try folder.write("kindly.yaml", main)
    #expect(
      folder.problems().map { $0.contains("expected at most 5 channels in a route, got 6") } == [
        true
      ])
    try folder.write(
      "rules.d/10-test.yaml",
      "rules:\n  - { name: a, watch: customers, when: on x, template: a, send: [\(channels.joined(separator: ", "))] }\n"
    )
    #expect(
      folder.problems().map { $0.contains("expected `send` to have at most 5 members, got 6") } == [
        true
      ])
  }
}
