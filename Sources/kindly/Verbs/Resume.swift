import ArgumentParser
import KindlyControl

struct Resume: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "End a pause.",
    discussion: """
      Reminders that are still useful are sent at once; the others are skipped as `too late`.

      EXAMPLES
        kindly resume --all
        kindly resume trial
      """)

  @OptionGroup var place: ConfigurationPlace
  @OptionGroup var target: PauseTarget

  func run() async throws {
    let workplace = try await place.workplace()
    let scope = try await target.scope(workplace)
    print(try await Desk(workplace: workplace).ask(.resume(scope)))
  }
}
