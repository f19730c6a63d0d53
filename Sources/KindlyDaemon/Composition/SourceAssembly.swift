package import KindlyConfig
import KindlyCore
import KindlySources

/// Makes a source of its settings; the list of engines ends here.
package enum SourceAssembly {
  /// Opens nothing yet, but reads the password, where there is one.
  package static func source(
    _ settings: SourceSettings, environment: [String: String] = [:]
  ) throws -> any CustomerSource {
    switch settings.kind {
    case .sqlite(let path):
      return DatabaseSource(sqlite: path, name: settings.name)
    case .csv(let path):
      return DatabaseSource(csv: path, encoding: settings.encoding, name: settings.name)
    #if PostgreSQL
      case .postgres(let address):
        return DatabaseSource(
          postgres: address, password: try settings.password?.resolve(environment: environment),
          name: settings.name, manners: settings.manners)
    #else
      case .postgres:
        throw MissingEngine(source: settings.name, engine: "PostgreSQL", library: "libpq")
    #endif
    #if MariaDB
      case .mariadb(let address):
        return DatabaseSource(
          mariadb: address, password: try settings.password?.resolve(environment: environment),
          name: settings.name, manners: settings.manners)
    #else
      case .mariadb:
        throw MissingEngine(
          source: settings.name, engine: "MariaDB or MySQL", library: "libmariadb")
    #endif
    #if ODBC
      case .odbc(let address):
        return DatabaseSource(
          odbc: address, password: try settings.password?.resolve(environment: environment),
          name: settings.name)
    #else
      case .odbc:
        throw MissingEngine(source: settings.name, engine: "ODBC", library: "unixODBC")
    #endif
    }
  }
}

extension SourceAssembly {
  /// Kindly's own ledger as a source.
  package static func ledger(of configuration: Configuration) -> any CustomerSource {
    DatabaseSource(ledger: LedgerAssembly.published(by: configuration))
  }
}

/// A source needs an engine that this build of kindly leaves out.
package struct MissingEngine: Error, CustomStringConvertible {
  let source: String
  let engine: String
  let library: String

  package var description: String {
    "source \(source) needs \(engine), which this build of kindly does not support; install a package that does, or "
      + "build kindly with \(library) and the default traits"
  }
}
