import KindlyConfig
import Testing

@Suite("What is wrong with a configuration")
struct ProblemTests {
  /// The lines of the only rule, and what is said about them.
  @Test(
    "is told with its line and column: rules",
    arguments: [
      (
        "when: insert\nsend: email\ntemplate: a/b\nsubject: x",
        "7:5: error: unknown key `subject` in rule test; its keys are"
      ),
      (
        "wehn: insert\nwhen: delete\nsend: inbox\ntemplate: a",
        "4:5: error: unknown key `wehn` in rule test; did you mean `when`?"
      ),
      (
        "when: 7 days past x\nsend: email\ntemplate: a",
        "4:18: error: `when`: expected before or after, and a column, got `past`"
      ),
      ("when: \"on 'x'\"\nsend: email\ntemplate: a", "4:15: error: `when`: expected a word"),
      ("send: email\ntemplate: a", "2:5: error: expected rule test to have `when:`"),
      (
        "when: insert\ntemplate: a",
        "expected rule test to have `send:` (a channel, `email`), got none"
      ),
      ("when: insert\nsend: email", "expected rule test to have `template:`"),
      (
        "when: insert\nsend: emial\ntemplate: a",
        "5:11: error: expected `send` to name channels, got `emial`; did you mean `email`?"
      ),
      (
        "when: insert\nsend: email or inbox\ntemplate: a",
        "expected `send` to be channels joined by else"
      ),
      (
        "when: insert\nsend: email else email\ntemplate: a", "expected each channel once in a route"
      ),
      (
        "when: { rrule: \"FREQ=MONTHLY;BYDAY=FX\", from: x }\nsend: email\ntemplate: a",
        "error: `rrule`:"
      ),
      (
        "when: { rrule: FREQ=DAILY }\nsend: email\ntemplate: a",
        "expected when to have `from:` (the column that it counts from), got none"
      ),
      (
        "when: { rrule: FREQ=DAILY, from: x, time: 9 }\nsend: email\ntemplate: a",
        "error: unknown key `time` in when; its keys are"
      ),
      (
        "when: on festival Mid-Autum\nsend: email\ntemplate: a",
        "4:23: error: `when`: expected the name of a festival, got `Mid-Autum`: there is no festival `Mid-Autum`; did you mean `Mid-Autumn Festival`?"
      ),
      (
        "when: insert\nsend: inbox else after unread email\ntemplate: a",
        "expected `send` to be channels joined by else, such as"
      ),
      (
        "when: insert\nsend: after 1 day unread email\ntemplate: a",
        "expected `send` to be channels joined by else, such as"
      ),
      (
        "when: insert\nsend: email else after 1 day unread inbox\ntemplate: a",
        "expected `unread` to follow a channel that can tell whether a message was read, such as inbox, got email"
      ),
      (
        "when: insert\nsend: preferred else email\ntemplate: a",
        "expected `customers:` to have `preferred: COLUMN`"
      ),
      (
        "when: insert\nsend: [email, email]\ntemplate: a",
        "expected the members of `send` to be different"
      ),
      ("when: insert\nsend: []\ntemplate: a", "expected `send` to have at least one member"),
      (
        "when: insert\nsend: email\ntemplate: a.html",
        "6:15: error: expected `template` to be a name without its ending"
      ),
      (
        "when: insert\nsend: email\ntemplate: ../../etc/passwd",
        "expected `template` to be a name such as"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nclass: nice",
        "7:12: error: expected `class` to be service, care or marketing, got `nice`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nlate: 2 days",
        "expected `late` to be `skip after 2 days`, `skip after COLUMN` or `send anyway`, got `2 days`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nlate: skip after 2 moons",
        "`late`: expected a unit"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nlate: skip after a, b",
        "expected `late` to be `skip after 2 days`, `skip after COLUMN`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nlate: skip after ends_on at 9",
        "`late`: expected nothing after the column, got `at`"
      ),
      ("when: insert\nsend: email\ntemplate: a\nbackfill: always", "`backfill`: expected a period"),
      (
        "when: insert\nsend: email\ntemplate: a\nspread: 2 days",
        "7:13: error: expected `spread` to be a time from 1m to 24h, such as 2h, got `2 days`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nrecheck: never",
        "expected `recheck` to be if, row or nothing, got `never`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nquiet hours: maybe",
        "expected `quiet hours` to be `yes`, `none` or hours such as 21:00-08:30, got `maybe`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nif: a = (1",
        "7:13: error: `if`: expected every opening bracket to be closed"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nif: |\n  a = 1\n  AND b = ?",
        "9:15: error: `if`: expected no placeholder but :now and :today, got `?`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nif: old.a = 1",
        "expected `old.a` only where a row is updated or deleted, got it in a step with `when: insert`"
      ),
      (
        "when: [insert]\nsend: email\ntemplate: a",
        "4:11: error: expected `when` to be a text, got a list"
      ),
      ("when:\nsend: email\ntemplate: a", "expected `when` to be a text, got nothing"),
      ("steps: []\nsend: email", "expected `steps` to have a member, got an empty list"),
      ("steps: insert\nsend: email", "expected `steps` to be a list, got `insert`"),
      (
        "send: email\nsteps:\n  - { when: insert, template: a }\n  - { when: insert, template: a }",
        "7:9: error: expected the steps of a rule to have different names, got `a` as on line 6"
      ),
      ("send: email\nsteps:\n  - { template: a }", "6:9: error: expected a step to have `when:`"),
      (
        "send: email\nsteps:\n  - { when: insert, template: a, backfill: 3 days }",
        "unknown key `backfill` in a step"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nfuse: 100",
        "expected `fuse` to be the number of reminders allowed a day, from 1 to 10000000, such as `8000 a day`, got `100`"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nfuse: 0 a day",
        "expected `fuse` to be the number of reminders allowed a day"
      ),
      (
        "when: insert\nsend: email\ntemplate: a\nfuse: 100 a week",
        "expected `fuse` to be the number of reminders allowed a day"
      ),
      (
        "send: email\nsteps:\n  - { when: insert, template: a, fuse: 100 a day }",
        "unknown key `fuse` in a step"
      ),
    ])
  func rules(lines: String, problem: String) throws {
    let problems = try Fixture.folder(rule: lines).problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix("rules.d/10-test.yaml:") == true)
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test(
    "is told where a word is reserved",
    arguments: [
      "at most"
    ])
  func reserved(word: String) throws {
    let problems = try Fixture.folder(
      rule: "when: insert\nsend: email\ntemplate: a\n\(word): x"
    ).problems()
    #expect(problems.count == 1)
    #expect(
      problems.first?.contains(
        "`\(word):` is reserved for a later version and not supported by this one") == true)
  }

  /// Lines that take the place of a line of the main file, and what is said about them.
  @Test(
    "is told with its line and column: kindly.yaml",
    arguments: [
      (
        "timezone: Asia/Beijing",
        "1:11: error: expected `timezone` to be a zone of the system's tzdata, such as Asia/Shanghai, got `Asia/Beijing`; did you mean `Asia/Shanghai`?"
      ),
      ("timezone: Europe/Berlim", "did you mean `Europe/Berlin`?"),
      (
        "delivery: on",
        "1:11: error: expected `delivery` to be rehearsal, `redirect to ADDRESS` or live, got `on`"
      ),
      ("delivery: redirect to ops", "expected `delivery` to be rehearsal"),
      ("default time: 24:00", "expected `default time` to be a time of day, 09:00, got `24:00`"),
      (
        "quiet hours: 21-8",
        "1:14: error: `quiet hours`: expected a time of day such as 09:00, got `21-8`, as in `21:00-08:30`"
      ),
      (
        "quiet hours: 21:00-21:00",
        "1:20: error: `quiet hours`: expected an end other than the start, or 00:00-24:00 for the whole day, got `21:00`"
      ),
      ("state: here", "expected `state` to be an absolute path"),
      (
        "folders: { contracts: contracts }",
        "1:23: error: expected `contracts` to be the absolute path of a folder, got `contracts`"
      ),
      ("folders: /srv/contracts", "1:10: error: expected `folders` to be a map of names, got"),
      ("folders: { a: [/srv] }", "1:15: error: expected `a` to be a text, got a list"),
      ("sauces: {}", "unknown key `sauces` in kindly.yaml; did you mean `sources`?"),
      ("at most: 100", "`at most:` is reserved"),
      ("fuse: 100 a day", "unknown key `fuse` in kindly.yaml"),
      ("timezone: UTC\ntimezone: UTC", "expected each key once, got `timezone` again"),
      (
        "default_time: 09:00\ndefault time: 10:00",
        "2:1: error: expected each key once, got `default time` again"
      ),
      ("timezone: &a UTC", "got an anchor (`&`) or an alias"),
      ("timezone: !!str UTC", "got a tag (`!`)"),
    ])
  func main(lines: String, problem: String) throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": lines + "\n"
        + Fixture.main.split(separator: "\n").dropFirst().joined(separator: "\n")
    ])
    let problems = folder.problems()
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix("kindly.yaml:") == true)
    #expect(problems.first?.contains(problem) == true, "\(problems)")
  }

  @Test("only a rule for days of the calendar needs no watch")
  func watchless() throws {
    func problems(_ when: String, customers: Bool = true) throws -> [String] {
      let main = Fixture.main.split(separator: "\n").filter {
        customers || !$0.hasPrefix("customers:")
      }
      return try ConfigurationFolder([
        "kindly.yaml": main.joined(separator: "\n") + "\n",
        "rules.d/a.yaml":
          "rules:\n  - { name: a, when: \(when), send: email, template: t }\n",
      ]).problems()
    }
    #expect(try problems("every Monday").isEmpty)
    let dated = try problems("7 days after x")
    #expect(dated.count == 1)
    #expect(
      dated.first?.contains(
        "a.yaml:2:5: error: expected rule a to have `watch:` (the watch whose rows it is about) for `when: 7 days after x`, got none"
      ) == true, "\(dated)")
    #expect(
      try problems("every Monday", customers: false).contains {
        $0.contains("error: expected rule a to have `watch:`")
      })
  }

  @Test("is told all at once, in the order of files and lines")
  func allAtOnce() throws {
    let folder = try ConfigurationFolder([
      "kindly.yaml": Fixture.main + "delivery: often\nquiet hours: never\n",
      "rules.d/10-a.yaml":
        "rules:\n  - { name: a, watch: customer, when: insertt, send: email, template: t }\n",
      "rules.d/20-b.yaml": "rules:\n  - name: b\n    if: 'x\n",
      "rules.d/30-c.yaml": "- rules\n",
    ])
    let problems = folder.problems()
    #expect(
      problems.map { $0.split(separator: ":").prefix(2).joined(separator: ":") } == [
        "kindly.yaml:16", "kindly.yaml:17", "rules.d/10-a.yaml:2", "rules.d/10-a.yaml:2",
        "rules.d/20-b.yaml:4",
        "rules.d/30-c.yaml:1",
      ])
  }
}
