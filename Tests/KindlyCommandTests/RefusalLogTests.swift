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
    let planned = daemon.log.split(separator: "\n").filter { $0.contains("customer=6 ") }
    #expect(planned.first?.contains(": planned, due 20") == true, "\(planned)")
    #expect(!daemon.log.contains("customer=5 "))
    #expect(try await company.run("pause", "email", "--because", "x").code == 0)
    try company.insert(7, name: "Kim")
    try await Eventually.holds("that the channel is paused for customer 7") {
      daemon.log.split(separator: "\n").contains {
        $0.contains("customer=7 ") && $0.contains(": not sent now: it waits until ")
      }
    }
    // What people do is told of each reminder that it concerns.
    for verb in ["cancel", "restore"] {
      let ran = try await company.run(
        "outbox", verb, "--customer", "7", "--yes", "--because", "test")
      #expect(ran.code == 0, "\(ran.errors)")
    }
    try await daemon.says("it is cancelled (dropped by a person)")
    let told = daemon.log.split(separator: "\n").filter { $0.contains("customer=7 ") }
    #expect(told.contains { $0.contains("outbox restore by ") && $0.contains("it is waiting") })
    #expect(told.allSatisfy { !$0.contains("@example.com") && !$0.contains("Kim") })
    #expect(await daemon.stop() == 0)
  }
}
