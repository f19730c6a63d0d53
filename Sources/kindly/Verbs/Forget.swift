import ArgumentParser
import KindlyControl
import KindlyCore
import KindlyDesk

struct Forget: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Delete the texts and values that Kindly keeps about a customer.",
    discussion: """
      Deletes the texts of inbox entries, tasks and replies about the customer, and the old and new values of their \
      rows. Cancels their waiting reminders. Kindly still knows which reminders there were and when, so it sends none \
      again. First delete the customer in your own database; otherwise rules fire for them as before.

      On a terminal, the command asks first. In a script, add --yes.

      EXAMPLES
        kindly forget 42 --dry-run
        kindly forget 42 --because "asked us to delete their data"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The customer's key; a key of several columns as `7,de`.")
  var customer: String

  @OptionGroup var consent: BulkConsent
  @OptionGroup var because: OptionalBecause

  func validate() throws {
    try because.validate(isNeeded: !consent.dryRun)
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let key = workplace.customerKey(customer)
    let waiting = try await workplace.reading { ledger in
      try await ledger.summary(
        of: .cancel, on: ReminderSelection(customer: key), now: workplace.now
      ).count
    }
    var words = "the texts and values about customer \(key)"
    if waiting > 0 { words += " and \(counted(waiting, "reminder")) not yet sent" }
    if consent.dryRun { return print("dry run: \(words) would be deleted or cancelled") }
    try await consent.ask(about: words, "deleted or cancelled")
    print(
      try await Desk(workplace: workplace).ask(
        .forget(customer: key.text, because: because.text)))
  }
}
