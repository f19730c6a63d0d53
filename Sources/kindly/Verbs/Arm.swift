import ArgumentParser
import KindlyControl

struct Arm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let a disarmed ledger send again.",
    discussion: """
      A ledger that may be a copy, was restored, or lost its write-ahead log starts disarmed: nothing is sent, because what \
      was sent since is not in it and would be sent again. If a folder was copied, make sure that no daemon works on the \
      other copy. Look at `kindly status`, decide, and arm it.

      EXAMPLES
        kindly arm --because "restored last night's backup after the disk failed"
      """)

  @OptionGroup var place: ConfigurationPlace

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.ask(.arm(because: because.text)))
  }
}
