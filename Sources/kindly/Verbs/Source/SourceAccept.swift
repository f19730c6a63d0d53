import ArgumentParser
import KindlyControl

struct SourceAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Let the held changes of a watch take effect.",
    discussion: """
      When most rows of a watch disappear or change at once, or the database is another one, its changes are held until \
      someone has looked. Accepting them means that they are real: the rules apply to every one of them.

      EXAMPLES
        kindly source accept leases --because "all leases were renewed today"
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(
    help: "The watch, or a source for all its watches.", completion: Known.watchesAndSources)
  var name: String

  @OptionGroup var because: Because

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    print(try await desk.ask(.sourceAccept(name, because: because.text)))
  }
}
