import ArgumentParser
import KindlyControl

struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the daemon read its configuration again.",
    discussion: """
      The daemon checks the whole configuration first. If there is an error, it keeps the old configuration and this \
      command prints the error. A reload that would remove more than half of the rules needs --accept.

      EXAMPLES
        kindly check && kindly reload
        kindly reload --accept
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Accept that more than half of the rules are removed.")
  var accept = false

  @Flag(help: "Print only errors.")
  var quiet = false

  func run() async throws {
    let desk = Desk(workplace: try await place.workplace())
    let text = try await desk.askDaemon(.reload(acceptDrop: accept))
    if !quiet { print(text) }
  }
}
