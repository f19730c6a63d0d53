import KindlyTestKit
import Testing

@Suite("What the journal says of one customer", .serialized)
struct RefusalLogTests {
  @Test(
    "each refusal is told in the other side's words with the customer's id, and at debug what was sent"
  )
  func refusals() async throws {
    let script = """
      #!/bin/sh
      grep -q '"customer": *"4"' && { echo '550 5.1.1 no such mailbox' >&2; exit 69; }
      exit 0

      """
    let folder = try TemporaryFolder("channel")
    // The daemon runs the program for as long as the test lasts.
    defer { withExtendedLifetime(folder) {} }
    try folder.write(script, to: "channel.sh")
    let company = try Company(
      channel: "{ type: exec, command: [/bin/sh, \(folder.path)/channel.sh], address: email }")
    let daemon = try await RunningDaemon.start(company)
    try await daemon.says("the first look is complete")
    try company.insert(4, name: "Zoe")
    try await daemon.says("to customer 4: ")
    let refusal = try #require(
      daemon.log.split(separator: "\n").first { $0.contains("to customer 4: ") })
    #expect(refusal.contains("channel email refused reminder "), "\(refusal)")
    #expect(refusal.contains("550 5.1.1 no such mailbox"))
    #expect(refusal.contains("customer=4 "))
    #expect(!refusal.contains("@example.com"))

    try company.insert(5, name: "Eve")
    try await Eventually.holds("the letter") {
      try await company.reminders().first?.state == "sent"
    }
    #expect(!daemon.log.contains("to customer 5"))
    try company.configure("log level: debug", behind: "delivery: live")
    let reloaded = try await company.run("reload")
    #expect(reloaded.output.contains("log level info → debug"), "\(reloaded.errors)")
    try company.insert(6, name: "Mia")
    try await daemon.says("to customer 6 over email")
    #expect(try await company.run("pause", "email", "--because", "x").code == 0)
    try company.insert(7, name: "Kim")
    try await daemon.says("customer=7 ")
    try await daemon.says("is not sent now: it waits until ")
    #expect(await daemon.stop() == 0)
  }
}
