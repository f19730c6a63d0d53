import ArgumentParser
import KindlyDesk

/// The colleague for whom a verb acts.
struct ViewerOption: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("Act as this colleague; only root may do so.", valueName: "colleague"))
  var colleague: String?

  func viewer(_ inquiry: CustomerInquiry) async throws -> Viewer {
    try await Viewer(as: colleague, user: Caller.user, isRoot: Caller.isRoot, inquiry)
  }
}
