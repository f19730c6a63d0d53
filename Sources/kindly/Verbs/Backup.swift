import ArgumentParser
import Foundation
import KindlyCore
import KindlyLedger

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a consistent copy of the ledger, while the daemon runs or not.",
    discussion: """
      An existing file is never overwritten. Put back, the copy starts disarmed, because what was sent since is not in it: \
      see `kindly arm`.

      EXAMPLES
        kindly backup /var/backups/kindly-$(date +%F).db
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The file to write; it must not exist.", completion: .file())
  var file: String

  func run() async throws {
    let workplace = Workplace(try place.load())
    // Opened as a ledger first, so that something else is not copied under its name.
    await (try workplace.ledger()).close()
    let path = URL(fileURLWithPath: file).path
    try await KindlyLedger.Backup(from: workplace.ledgerPath, to: path, now: workplace.now).make()
    print("the ledger is copied to \(path)")
  }
}
