import ArgumentParser
import Foundation
import KindlyDaemon

struct Backup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Copy the ledger to a file, whether or not the daemon is running.",
    discussion: """
      The copy is consistent. An existing file is never overwritten. A ledger restored from a backup starts disarmed: see \
      `kindly arm`.

      EXAMPLES
        kindly backup /var/backups/kindly-$(date +%F).db
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The file to write; it must not exist.", completion: .file())
  var file: String

  func run() async throws {
    let workplace = try await place.workplace()
    let path = URL(fileURLWithPath: file).path
    try await LedgerAssembly.backUp(workplace.ledgerPath, to: path, now: workplace.now)
    print("copied the ledger to \(path)")
  }
}
