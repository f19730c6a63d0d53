import ArgumentParser
import KindlyControl

struct SourceIgnore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ignore",
    abstract: "Discard the held changes of a watch.",
    discussion: """
      Use this after a database was replaced or reloaded. Kindly records its rows as they are now, and no rule fires for them.

      EXAMPLES
        kindly source ignore crm --because "restored from Monday's backup"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(
    help: "The watch, or a source for all its watches.", completion: Known.watchesAndSources)
  var name: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.sourceIgnore(name, because: because.text)))
  }
}
