import ArgumentParser
import KindlyControl
import KindlyCore

struct OutboxRetry: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Try waiting reminders now.",
    discussion: """
      Retries reminders that are due and wait for something. Each is checked again before it is sent, so quiet hours \
      and pauses still hold. A reminder that is not due yet stays as it is.

      On a terminal, the command shows the number of reminders and asks first. In a script, add --yes. For reminders given \
      by id it does not ask.

      EXAMPLES
        kindly outbox retry --reason "channel down"
        kindly outbox retry jr3xxcfwc7dvmnd7b7hx
      """)

  @OptionGroup var bulk: BulkOptions

  func run() async throws {
    try await bulk.run(.retry) { .outboxRetry($0) }
  }
}
