import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDaemon

struct SourceInspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Describe a customer database, and print a first configuration for it.",
    discussion: """
      Lists the tables and views with their sizes, keys and indexes, the date columns with their invalid dates, the \
      columns that look like a name, an address or a flag, and text in a wrong encoding. Then it prints `watches:` \
      and `customers:` for kindly.yaml, with `sources:` unless the database is configured, and the SQL that lets a user \
      read the tables. It reads at most 2,000 rows of each table, in short read-only transactions, and prints counts \
      only, never a customer's values.

      Name the database by its URL, or by the name of a configured source. Others can see a password on a command line: \
      keep it in a file or an environment variable.

      EXAMPLES
        kindly source inspect sqlite:///srv/crm/crm.db
        kindly source inspect postgresql://kindly@db.example.com/shop \\
          --password-file /root/shop-password
        kindly source inspect mysql://kindly@db.example.com/crm \\
          --password-env CRM_PASSWORD --table kunden
        kindly source inspect 'odbc:DSN=erp;UID=kindly' \\
          --password-file /root/erp-password
        kindly source inspect csv:///srv/shop --encoding GB18030
        kindly source inspect crm --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(
    help: "The database's URL, or the name of a configured source.", completion: Known.sources)
  var database: String

  @OptionGroup var options: SourceOptions

  @Option(
    name: .customLong("table"),
    help: ArgumentHelp("Only this table or view; may be repeated.", valueName: "name"))
  var tables: [String] = []

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let chosen = try await chosen()
    let source = try chosen.open()
    let inspection = try await inspection(of: source)
    await source.close()
    if json {
      try JSONOutput.print(InspectionView(inspection, of: chosen))
    } else {
      print(InspectionPage(inspection: inspection, source: chosen).text)
    }
  }

  private func inspection(of source: any CustomerSource) async throws -> SourceInspection {
    do {
      return try await SourceInspection(of: source, tables: tables)
    } catch {
      throw Failure(askedOnce: error) ?? Failure(.unavailable, "\(error)")
    }
  }

  private func chosen() async throws -> ChosenSource {
    guard !database.contains(":") else { return try ChosenSource(url: database, options: options) }
    guard options.areEmpty else {
      throw Failure(
        .usage,
        "expected no --user, --password-… or --encoding with the name of a source, which has its own"
      )
    }
    let configuration = try await place.workplace().configuration
    if let settings = configuration.source(named: database) {
      return ChosenSource(configured: settings)
    }
    if database.isExactly(LedgerView.source) { return ChosenSource(ledgerOf: configuration) }
    let names = configuration.sources.map(\.name) + [LedgerView.source]
    throw Failure(
      .refused,
      UnknownName("source", database, among: names).text
        + "; name a database that is not configured by its URL"
    )
  }
}
