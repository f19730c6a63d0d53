import KindlyCore
import KindlyDaemon
import KindlyTestKit
import Testing

@Suite("Rows that a rule's SQL fails on")
struct FailingRowTests {
  private static let gold = "json_extract(status, '$.plan') = 'gold'"

  private static func rules(_ when: String) -> String {
    """
    rules:
      - name: gold
        watch: customers
        if: \(gold)
        when: \(when)
        send: email
        template: gold
    """
  }

  private static func insert(_ ids: ClosedRange<Int>, endsOn date: String = "2026-03-05") -> String
  {
    let rows = ids.map { id in
      let plan = id == ids.lowerBound + 2 ? "{plan: gold" : "{\"plan\": \"gold\"}"
      return "(\(id), 'Name', 'c\(id)@example.com', '\(plan)', '\(date)')"
    }
    return "INSERT INTO customers (id, name, email, status, ends_on) VALUES "
      + rows.joined(separator: ", ")
  }

  @Test(
    "the others are served, and the failing one goes when its row is fixed",
    arguments: ["insert", "on ends_on", "update of ends_on"])
  func serves(when: String) async throws {
    let company = try await Simple.company(rules: FailingRowTests.rules(when))
    try company.write("UPDATE customers SET status = '{}'")
    try company.write(FailingRowTests.insert(11...16, endsOn: "2026-03-02"))
    if when.hasPrefix("update") {
      try await company.turn(at: "2026-03-01 13:00")
      try company.write("UPDATE customers SET ends_on = '2026-03-03' WHERE id > 10")
    }
    try await company.turn(at: "2026-03-02 10:00")
    #expect(Set(company.letters.map(\.customer)) == ["11", "12", "14", "15", "16"])
    #expect(try await company.states(of: "13") == ["waiting rule error"])
    let told = company.daemon.health.rowFaultSentences(now: company.clock.now)
    #expect(told.count == 1)
    #expect(told.first?.contains("malformed JSON, on row 13; its reminder waits") == true)
    try company.write("UPDATE customers SET status = '{\"plan\": \"gold\"}' WHERE id = 13")
    try await company.turn(at: "2026-03-02 10:06")
    #expect(company.letters.count == 6 && company.letters.last?.customer == "13")
    #expect(company.daemon.health.rowFaultSentences(now: company.clock.now).isEmpty)
    await company.close()
  }

  @Test("a change whose condition could not be asked is judged before it is sent")
  func judgesLater() async throws {
    let company = try await Simple.company(rules: FailingRowTests.rules("update of ends_on"))
    try company.write("UPDATE customers SET status = '{plan', ends_on = '2026-05-01' WHERE id = 1")
    try await company.turn(at: "2026-03-01 13:00")
    #expect(try await company.states(of: "1") == ["waiting rule error"])
    try company.write("UPDATE customers SET status = '{\"plan\": \"silver\"}' WHERE id = 1")
    try await company.turn(at: "2026-03-01 13:06")
    #expect(try await company.states(of: "1") == ["cancelled condition"])
    // The next look judges it once more before it revives it.
    try company.write("UPDATE customers SET name = 'Wang Wei' WHERE id = 1")
    try await company.turn(at: "2026-03-01 13:12")
    #expect(try await company.states(of: "1") == ["cancelled condition"])
    #expect(company.letters.isEmpty)
    try company.write("UPDATE customers SET status = '{\"plan\": \"gold\"}' WHERE id = 1")
    try await company.turn(at: "2026-03-01 13:18")
    #expect(company.letters.map(\.customer) == ["1"])
    await company.close()
  }

  @Test("a customer whom `customers: if:` fails on keeps nobody else waiting")
  func customers() async throws {
    let configuration = Simple.configuration().replacing(
      "email: email }\nchannels",
      with: "email: email, if: \"json_extract(phone, '$') IS NULL\" }\nchannels")
    let company = try await Company(
      at: "2026-03-06 08:00", schema: Simple.schema, configuration: configuration,
      rules: Simple.ending)
    try company.write("UPDATE customers SET ends_on = '2026-03-10'")
    try company.write("UPDATE customers SET phone = '{' WHERE id = 1")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.mail == ["2026-03-06 2 ending"])
    #expect(try await company.states(of: "1") == ["waiting rule error"])
    await company.close()
  }

  @Test("a failing row is told of once, and forgotten when nobody asks about it any more")
  func toldOnce() {
    let health = Health()
    let now = Instant(seconds: 1_000_000)
    func fault(_ id: Int64) -> RowFault {
      RowFault(
        watch: "t", key: RowKey(canonical: "[\"\(id)\"]"),
        problem: SourceProblem(.condition, "a condition on watch t fails: malformed JSON"))
    }
    #expect(
      health.record((1...7).map(fault), of: "gold", now: now) == [
        "rule gold: a condition on watch t fails: malformed JSON, on rows 1, 2, 3, 4, 5 and 2 more; their reminders wait, and all others are sent"
      ])
    #expect(health.record([fault(3)], of: "gold", now: now).isEmpty)
    #expect(health.record([fault(8)], of: "gold", now: now).count == 1)
    health.settle([fault(8).place], of: "gold")
    #expect(health.rowFaultSentences(now: now).first?.contains("and 2 more") == true)
    #expect(health.record((100...5000).map(fault), of: "gold", now: now + .minutes(1)).count == 1)
    #expect(health.record([fault(9000)], of: "gold", now: now + .minutes(1)).isEmpty)
    #expect(
      health.rowFaultSentences(now: now + .minutes(1)).first?.contains("and 995 more") == true)
    #expect(health.rowFaultSentences(now: now + .hours(1)).isEmpty)
  }

  @Test("a rule that fails on all changes waits as a whole, and is reported as one problem")
  func wholeRule() async throws {
    let company = try await Simple.company(rules: FailingRowTests.rules("update of ends_on"))
    try company.write("UPDATE customers SET status = '{}'")
    try company.write(FailingRowTests.insert(11...50))
    try company.write("UPDATE customers SET status = '{plan' WHERE id BETWEEN 11 AND 28")
    try await company.turn(at: "2026-03-01 13:00")
    try company.write("UPDATE customers SET ends_on = '2026-05-01' WHERE id BETWEEN 11 AND 28")
    try await company.turn(at: "2026-03-01 14:00")
    #expect(company.daemon.health.failures.count == 1)
    #expect(try await company.states(of: "11").isEmpty)
    try company.write(
      "UPDATE customers SET status = '{\"plan\": \"gold\"}' WHERE id BETWEEN 11 AND 28")
    try await company.turn(at: "2026-03-01 15:00")
    #expect(Set(company.letters.map(\.customer)).count == 18)
    await company.close()
  }

  @Test("a letter that fails on one row is reported with that row, and the others are sent")
  func failingLetter() async throws {
    let company = try await Simple.company(
      at: "2026-03-06 08:00",
      files: [
        "templates/ending.html": "---\nsubject: on {{date(this.phone)}}\n---\n<p>Hello</p>\n"
      ])
    try company.write(
      "UPDATE customers SET ends_on = '2026-03-10', phone = iif(id = 1, 'soon', '2026-03-10')")
    try await company.turn(at: "2026-03-06 09:00")
    #expect(company.letters.map(\.customer) == ["2"])
    let told = company.daemon.health.rowFaultSentences(now: company.clock.now)
    #expect(told.count == 1)
    #expect(told.first?.contains("row 1; its reminder waits") == true, "\(told)")
    await company.close()
  }
}
