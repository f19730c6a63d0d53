import ArgumentParser
import KindlyControl

struct OutboxSettle: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Record whether an uncertain reminder was sent or failed.",
    discussion: """
      A reminder is uncertain when it was handed over and no answer came. Look it up in the provider's log and record the \
      outcome.

      EXAMPLES
        kindly outbox list --state uncertain
        kindly outbox settle jr3xxcfwc7dvmnd7b7hx sent --because "see relay log"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The reminder's id.")
  var id: String

  @Argument(help: "The outcome: sent or failed.")
  var outcome: ControlRequest.Settlement

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.outboxSettle(id: id, as: outcome, because: because.text)))
  }
}

extension ControlRequest.Settlement: ExpressibleByArgument {}
