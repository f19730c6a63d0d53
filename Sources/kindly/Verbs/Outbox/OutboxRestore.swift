import ArgumentParser
import KindlyControl
import KindlyCore

struct OutboxRestore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Restore reminders that a person cancelled.",
    discussion: """
      Only reminders that are still useful are restored. Each is checked again before it is sent, so one whose row has \
      changed meanwhile is not sent by mistake.

      EXAMPLES
        kindly outbox restore --rule trial --dry-run
        kindly outbox restore --rule trial --because "cancelled by mistake"
        kindly outbox restore jr3xxcfwc7dvmnd7b7hx --because "wrong customer"
      """)

  @OptionGroup var bulk: BulkOptions
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    try because.validate(isNeeded: !bulk.consent.dryRun)
  }

  func run() async throws {
    try await bulk.run(.restore) { .outboxRestore($0, because: because.text) }
  }
}
