import KindlyConfig
import KindlyCore
import Testing

/// What is said about marketing messages at hours at which carriers refuse them.
@Suite("Hours that carriers refuse")
struct RefusedTimesTests {
  private static let aliyun =
    "type: aliyun-sms, access key: { env: A }, access secret: { env: B }, sign: X"
  private static let tencent =
    "type: tencent-sms, secret id: { env: A }, secret key: { env: B }, app: 1, sign: X"
  private static let twilio =
    "type: twilio, account: AC1, token: { env: A }, from: \"+15005550006\""

  private func warnings(
    _ channel: String, _ rule: String, country: String? = nil, _ more: String = ""
  ) throws -> [String] {
    let folder = try Fixture.folder(rule: rule + "\ntemplate: a")
    let phone = "  phone: mobile\n"
    let main = Fixture.main
      .replacing(phone, with: phone + (country.map { "  country: \($0)\n" } ?? ""))
      .replacing("channels:\n", with: "channels:\n  sms: { \(channel) }\n")
    try folder.write("kindly.yaml", main + more)
    return try folder.warnings().filter { $0.contains("marketing messages from") }
  }

  @Test(
    "are warned of with what to write",
    arguments: [
      (
        "when: on ends_on at 22:30", "", "leave at 22:30",
        "write `at` with a time of 08:00 or later and before 22:00, and write"
      ),
      (
        "when: on ends_on at 07:59", "", "leave at 07:59",
        "write `quiet hours: 22:00-08:00` in channel sms"
      ),
      (
        "when: on ends_on", "default time: 06:00\n", "leave at the `default time` 06:00",
        "write `at`"
      ),
      (
        "when: on ends_on at 10:00", "", "can leave at night",
        "write `quiet hours: 22:00-08:00` in channel sms"
      ),
      (
        "when: insert", "quiet hours: 23:00-08:30\n", "can leave at night",
        "write `quiet hours: 22:00-08:00`"
      ),
      (
        "when: insert\nquiet hours: none", "quiet hours: 21:00-08:30\n", "can leave at night",
        "; remove `quiet hours: none` from the rule"
      ),
      (
        "when: on ends_on at 07:00\nquiet hours: none", "", "leave at 07:00",
        "and remove `quiet hours: none` from the rule, and write"
      ),
    ])
  func warned(_ rule: String, _ more: String, _ problem: String, _ advice: String) throws {
    for channel in [Self.aliyun, Self.tencent] {
      let found = try warnings(channel, rule + "\nsend: sms\nclass: marketing", more)
      #expect(found.count == 1, "\(found)")
      #expect(found.first?.hasPrefix("rules.d/10-test.yaml:") == true)
      #expect(found.first?.contains("carriers in China refuse") == true, "\(found)")
      #expect(
        found.first?.contains(problem) == true && found.first?.contains(advice) == true, "\(found)")
    }
  }

  @Test(
    "are not warned of where quiet hours cover them, and for what is no marketing",
    arguments: [
      ("when: insert\nclass: marketing\nsend: sms", "quiet hours: 22:00-08:00\n"),
      ("when: on ends_on at 10:00\nclass: marketing\nsend: sms", "quiet hours: 21:00-08:30\n"),
      ("when: insert\nclass: care\nsend: sms", ""), ("when: insert\nclass: service\nsend: sms", ""),
      ("when: on ends_on at 23:00\nclass: marketing\nsend: email", ""),
    ])
  func silent(_ rule: String, _ more: String) throws {
    #expect(try warnings(Self.aliyun, rule, more).isEmpty)
  }

  @Test("depend on the country of the numbers")
  func countries() throws {
    let rule = "when: on ends_on at 21:30\nclass: marketing\nsend: sms"
    #expect(try warnings(Self.twilio, rule).isEmpty)
    #expect(try warnings(Self.aliyun, rule, country: "SG").isEmpty)
    #expect(try warnings(Self.aliyun, rule, country: "CN").count == 1)
    let american = try warnings(Self.twilio, rule, country: "US")
    #expect(american.count == 1 && american[0].contains("leave at 21:30"))
    #expect(american[0].contains("US law") && american[0].contains("`quiet hours: 21:00-08:00`"))
  }
}
