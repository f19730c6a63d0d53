import ArgumentParser
import KindlyControl
import KindlyCore

struct Release: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send the reminders that the fuse of a rule holds.",
    discussion: """
      If a rule would send over ten times as many reminders as usual on a day, and over 100, its fuse holds them all. \
      `kindly status` names such rules. Released reminders are checked again, and each is sent once it is due. With \
      --first, only those that fall due first are released, so that you can see the result before you release the rest.

      A release covers only the reminders that are held now. Reminders that are planned later count again. To allow \
      that many every day, write `fuse: 8000 a day` in the rule.

      On a terminal, the command shows the number of reminders and asks first. In a script, add --yes.

      EXAMPLES
        kindly release lease --dry-run
        kindly release lease --first 20 --because "to see how the new letter does"
        kindly release lease --because "all leases end this year" --yes
      """)

  @OptionGroup var held: HeldReminders

  @Option(
    help: ArgumentHelp("Release only this many, those that fall due first.", valueName: "count"))
  var first: Int?

  @OptionGroup var because: OptionalBecause

  func validate() throws {
    if let first, first < 1 {
      throw ArgumentParser.ValidationError("expected --first to be 1 or more, got \(first)")
    }
    try because.validate(isNeeded: !held.consent.dryRun)
  }

  func run() async throws {
    try await held.run(.release, first: first) { rule, through in
      .release(rule: rule, first: first, through: through, because: because.text)
    }
  }
}
