import ArgumentParser
import KindlyCore

/// The columns of the customers' table, as flags say them.
struct ColumnOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The column that names a customer; the table's key by default.", valueName: "column"))
  var key: String?

  @Option(help: ArgumentHelp("The column with the name, or `-` for none.", valueName: "column"))
  var nameColumn: String?

  @Option(help: ArgumentHelp("The column with the mail address.", valueName: "column"))
  var emailColumn: String?

  @Option(help: ArgumentHelp("The column with the telephone number.", valueName: "column"))
  var phoneColumn: String?

  @Option(help: ArgumentHelp("The column with the language.", valueName: "column"))
  var languageColumn: String?

  @Option(help: ArgumentHelp("The column with the time zone.", valueName: "column"))
  var timezoneColumn: String?

  /// What was said about each role.
  var given: [ColumnRole: String] {
    let pairs: [(ColumnRole, String?)] = [
      (.name, nameColumn), (.email, emailColumn), (.phone, phoneColumn),
      (.language, languageColumn),
      (.timezone, timezoneColumn),
    ]
    return Dictionary(
      uniqueKeysWithValues: pairs.compactMap { pair in pair.1.map { (pair.0, $0) } })
  }
}
