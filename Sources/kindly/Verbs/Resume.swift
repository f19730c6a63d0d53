import ArgumentParser
import KindlyControl

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End a pause.",
    discussion: """
      What is still useful goes at once; what is not is skipped as `too late`.

      EXAMPLES
        kindly resume --all
        kindly resume trial
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: PauseTarget

  func run() async throws {
    let workplace = Workplace(try place.load())
    let scope = try target.scope(in: workplace.configuration)
    print(try await Desk(workplace: workplace).ask(.resume(scope)))
  }
}
