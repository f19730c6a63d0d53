import ArgumentParser
import KindlyControl
import KindlyCore

struct Drop: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel the reminders that the fuse of a rule holds.",
    discussion: """
      If a rule would send over ten times as many reminders as usual on a day, and over 100, its fuse holds them all. \
      `kindly status` names such rules. Dropped reminders are not sent and not planned again, whatever their rows do. \
      While they are still useful, `kindly outbox restore` makes them wait again.

      On a terminal, the command shows the number of reminders and asks first. In a script, add --yes.

      EXAMPLES
        kindly drop lease --dry-run
        kindly drop lease --because "the import set wrong dates"
      """)

  @OptionGroup var held: HeldReminders
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    try because.validate(isNeeded: !held.consent.dryRun)
  }

  func run() async throws {
    try await held.run(.drop) { rule, through in
      .drop(rule: rule, through: through, because: because.text)
    }
  }
}
