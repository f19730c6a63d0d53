import ArgumentParser
import KindlyControl

struct Arm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Allow a disarmed ledger to send again.",
    discussion: """
      A ledger that may be a copy, was restored from a backup, or lost its write-ahead log starts disarmed. Kindly then \
      sends nothing, because the ledger may lack the latest reminders, and Kindly would send those again. If the folder \
      was copied, make sure that no daemon uses the other copy. Read `kindly status`, cancel the reminders that have \
      already been sent, and run this command.

      EXAMPLES
        kindly arm --because "restored the backup after the disk failed"
      """)

  @OptionGroup var place: ConfigurationPlace

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.arm(because: because.text)))
  }
}
