import ArgumentParser
import KindlyControl

struct Arm: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let a disarmed ledger send again.",
    discussion: """
      A ledger that may be a copy, was restored, or lost its write-ahead log starts disarmed: it sends nothing, because it \
      does not know what was sent since and would send that again. If a folder was copied, make sure that no daemon works \
      on the other copy. Read `kindly status`, cancel what has been sent already, and arm it.

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
