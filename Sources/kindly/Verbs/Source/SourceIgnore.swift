import ArgumentParser
import KindlyControl

struct SourceIgnore: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ignore",
    abstract: "Drop the held changes of a watch, and take its rows as they are.",
    discussion: """
      For a database that was replaced or reloaded: what is there now becomes what is known, and nothing is fired.

      EXAMPLES
        kindly source ignore crm --because "restored from the backup of Monday"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The watch, or the source for all its watches.")
  var name: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.ask(.sourceIgnore(name, because: because.text)))
  }
}
