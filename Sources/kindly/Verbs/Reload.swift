import ArgumentParser
import KindlyControl

struct Reload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Have the daemon read its configuration again.",
    discussion: """
      The new configuration is validated whole and then swapped in; what is in flight finishes. With an error in it the old \
      one goes on. A reload that drops over half of the rules needs --accept.

      EXAMPLES
        kindly check && kindly reload
        kindly reload --accept
      """)

  @OptionGroup var place: ConfigurationPlace

  @Flag(help: "Allow that over half of the rules are gone.")
  var accept = false

  @Flag(help: "Print only why it was refused.")
  var quiet = false

  func run() async throws {
    let desk = Desk(workplace: Workplace(try place.load()))
    let text = try await desk.askDaemon(.reload(acceptDrop: accept))
    if !quiet { print(text) }
  }
}
