import ArgumentParser
import KindlyControl
import KindlyCore

struct OutboxCancel: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Cancel waiting reminders.",
    discussion: """
      A cancelled reminder is not sent and not planned again, whatever its row does. While it would still be useful, \
      `kindly outbox restore` makes it wait again.

      On a terminal, the command shows the number of reminders and asks first. In a script, add --yes. For reminders given \
      by id it does not ask.

      EXAMPLES
        kindly outbox cancel --rule trial --dry-run
        kindly outbox cancel --rule trial --because "campaign called off"
        kindly outbox cancel --customer 42 --because "does not want mail" --yes
      """)

  @OptionGroup var bulk: BulkOptions
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    try because.validate(isNeeded: !bulk.consent.dryRun)
  }

  func run() async throws {
    try await bulk.run(.cancel) { .outboxCancel($0, because: because.text) }
  }
}
