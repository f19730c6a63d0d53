import ArgumentParser
import KindlyControl

struct SourceAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Let the held changes of a watch take effect.",
    discussion: """
      A look that finds most rows gone or changed, or another database, is held until a person has looked. Accepting means: \
      it is true, and the rules apply to each of the changes.

      EXAMPLES
        kindly source accept leases --because "all leases were renewed today, as planned"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The watch, or the source for all its watches.")
  var name: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    print(try await desk.ask(.sourceAccept(name, because: because.text)))
  }
}
