import ArgumentParser
import Foundation
import KindlyConfig
import KindlyCore
import KindlyDaemon

/// How a database that is named by its URL is to be entered.
struct SourceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The user, if the URL names none.", valueName: "name"))
  var user: String?

  @Option(help: ArgumentHelp("The file that contains the password.", valueName: "file"))
  var passwordFile: String?

  @Option(
    help: ArgumentHelp("The environment variable that holds the password.", valueName: "variable"))
  var passwordEnv: String?

  @Option(
    help: ArgumentHelp("The encoding of CSV files, such as GB18030.", valueName: "encoding"))
  var encoding: String?

  func validate() throws {
    if passwordFile != nil && passwordEnv != nil {
      throw ValidationError("choose one of --password-file and --password-env")
    }
  }

  var areEmpty: Bool {
    user == nil && passwordFile == nil && passwordEnv == nil && encoding == nil
  }

  /// Where the password is kept, as a configuration names it.
  var password: SecretReference? {
    passwordFile.map { .file(URL(fileURLWithPath: $0).standardizedFileURL.path) }
      ?? passwordEnv.map { .environment($0) }
  }
}

/// A database that a person has named, by its URL or by its name in the configuration.
struct ChosenSource {
  let settings: SourceSettings
  /// The URL without its password; nil where the configuration has the source already.
  let url: String?
  /// The password that the URL carried, or that was typed at a terminal.
  let carried: Secret?
  /// The configuration, if this is Kindly's own ledger; nil for a customer database.
  private var ledger: Configuration?

  /// The name under which a password from a URL is passed on, as if it were an environment variable.
  private static let carrier = "KINDLY_PASSWORD_OF_URL"

  /// - Parameter spoken: a password that was typed at a terminal.
  init(
    url text: String, name: String? = nil, options: SourceOptions, password spoken: Secret? = nil
  ) throws {
    let typed: TypedSourceURL
    do throws(TypedURLProblem) {
      typed = try TypedSourceURL(text, user: options.user)
    } catch {
      throw Failure(.usage, "\(error)")
    }
    let given = options.password
    if given != nil, typed.kind.isFile {
      throw Failure(.usage, "expected no password for a database that is a file, got one")
    }
    guard options.encoding == nil || typed.kind.isFiles else {
      throw Failure(.usage, "expected --encoding for CSV files alone; a database knows its own")
    }
    if let name, name == "kindly" || ConfigurationText.name(name) != name {
      throw Failure(
        .usage,
        "expected a source's name to be letters, digits, `-`, `_` and `.`, and not kindly, got \(name)"
      )
    }
    url = typed.url
    carried = given == nil ? spoken ?? typed.password : nil
    settings = SourceSettings(
      name: name ?? ChosenSource.name(of: typed.kind), kind: typed.kind, encoding: options.encoding,
      password: given ?? carried.map { _ in .environment(ChosenSource.carrier) }, timezone: .utc)
  }

  /// A source of the configuration.
  init(configured settings: SourceSettings) {
    self.settings = settings
    url = nil
    carried = nil
  }

  /// Kindly's own ledger.
  init(ledgerOf configuration: Configuration) {
    settings = SourceSettings(
      name: LedgerView.source, kind: .sqlite(path: StatePaths(configuration).ledger),
      timezone: configuration.timezone)
    url = nil
    carried = nil
    ledger = configuration
  }

  /// The source, which is opened when it is first asked.
  func open(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> any CustomerSource {
    if let ledger { return SourceAssembly.ledger(of: ledger) }
    var environment = environment
    if let carried { environment[ChosenSource.carrier] = carried.exposed }
    do {
      return try SourceAssembly.source(settings, environment: environment)
    } catch let problem as SecretProblem {
      throw Failure(.configuration, "source \(settings.name): \(problem)")
    } catch let missing as MissingEngine {
      throw Failure(.configuration, "\(missing)")
    }
  }

  /// A name for the source: the database's own, as far as it can be one.
  private static func name(of kind: SourceKind) -> String {
    let text =
      switch kind {
      case .sqlite(let path), .csv(let path): nameOfFile(path)
      case .postgres(let address), .mariadb(let address): address.database
      case .odbc(let address):
        // A driver may be told a file or a server's database by the same word.
        address.value("database").map { $0.hasPrefix("/") ? nameOfFile($0) : $0 }
          ?? address.value("dsn") ?? ""
      }
    let name = ConfigurationText.name(text)
    return name.isEmpty || name == "kindly" ? "crm" : name
  }

  private static func nameOfFile(_ path: String) -> String {
    URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
  }
}

extension SourceKind {
  fileprivate var isFiles: Bool {
    if case .csv = self { true } else { false }
  }
}
