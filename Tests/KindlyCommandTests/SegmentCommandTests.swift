import KindlyTestKit
import Testing

@Suite("Segments at the command line") struct SegmentCommandTests {
  private func company(_ segments: String) throws -> Company {
    let company = try Company()
    try company.write(
      Company.trial.replacing("if: status", with: "for: [readers]\n    if: status"),
      to: "rules.d/10-trial.yaml")
    try company.replace(
      "customers:\n  watch: customers", with: "\(segments)\ncustomers:\n  watch: customers")
    return company
  }

  @Test("check counts the customers in each, and warns of one that nobody is in")
  func counts() async throws {
    let company = try company(
      "segments: { readers: \"lang = 'en'\", vip: \"status = 'vip'\", loose: \"json_extract(status, '$') IS NULL\" }"
    )
    let checked = try await company.run("check")
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.output.contains("if status = 'trial', for readers, send welcome by email"))
    #expect(checked.output.contains("segment readers: 2 customers"), "\(checked.output)")
    #expect(checked.output.contains("segment vip: 0 customers"))
    #expect(
      checked.errors.contains(
        "kindly.yaml:9: warning: segment vip: no customer meets `status = 'vip'`, so rules with `for: vip` send nothing"
      ),
      "\(checked.errors)")
    #expect(checked.errors.contains("warning: segment loose:"), "\(checked.errors)")
    #expect(!checked.errors.contains("segment readers"))
  }

  @Test("check reports SQL that fails on the source")
  func failing() async throws {
    let company = try company("segments: { readers: \"language = 'en'\" }")
    let checked = try await company.run("check")
    #expect(checked.code != 0)
    #expect(
      checked.errors.contains("kindly.yaml:9: error: segment readers:"), "\(checked.errors)")
    #expect(
      checked.errors.contains("names the column language, which is not there"), "\(checked.errors)")
  }

  @Test("coverage counts the rows of customers in the segments, and why names the segment")
  func coverage() async throws {
    let company = try company("segments: { readers: \"lang = 'en'\" }")
    let shown = try await company.run("coverage", "--rule", "trial")
    #expect(shown.cells.contains { $0.hasPrefix("trial welcome email 1 1 0") }, "\(shown.cells)")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.database.run(
      "INSERT INTO customers (id, name, email, lang, status) VALUES (4, 'Zoe', 'zoe@example.com', 'zh', 'trial')"
    )
    let reason = "cancelled: the customer is not in the segment readers"
    try await Eventually.holds("the cancelled reminder") {
      try await company.run("why", "--customer", "4").output.contains(reason)
    }
    #expect(await daemon.stop() == 0)
  }
}
