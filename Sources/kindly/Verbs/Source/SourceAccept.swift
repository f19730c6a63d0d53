import ArgumentParser
import KindlyControl

struct SourceAccept: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept",
    abstract: "Apply the held changes of a watch.",
    discussion: """
      Kindly holds the changes of a watch when too many rows disappear or change at once, or when the database is not the \
      same one as before. Accept them if they are real: the rules then apply to every one of them.

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
