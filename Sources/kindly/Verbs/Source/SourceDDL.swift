import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

struct SourceDDL: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ddl",
    abstract: "Print the SQL that creates a watch's change log, and the SQL that removes it.",
    discussion: """
      Kindly never writes to a customer database: read the SQL and apply it yourself. The change log captures the columns \
      that the watch's change rules name. If rules name other columns later, remove the log with the last lines of the \
      SQL that you applied, then run this again and apply the new SQL. Kindly holds the watch until \
      `kindly source accept`.

      EXAMPLES
        kindly source ddl leases > changelog.sql
        sqlite3 /srv/crm/crm.db < changelog.sql
        psql --file changelog.sql crm
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The watch's name.", completion: Known.watches)
  var watch: String

  func run() async throws {
    let workplace = try await place.workplace()
    let watch = try workplace.watch(self.watch)
    let inquiry = workplace.inquiry
    let source = try inquiry.source(of: watch)
    let asLogged = Watch(
      name: watch.name, source: watch.source, relation: watch.relation, key: watch.key,
      changes: .changelog, about: watch.about,
      reappearingInserts: watch.reappearingInserts, place: watch.place)
    let columns = WatchColumns(
      watch: asLogged, rules: workplace.configuration.rules,
      directory: workplace.configuration.customers
    )
    .choose(from: try await source.columns(of: watch)).captured
    print(try await source.changeLogDDL(for: watch, columns: columns))
    await inquiry.close()
  }
}
