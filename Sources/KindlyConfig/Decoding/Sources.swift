import KindlyCore

/// Decodes `sources:` and `watches:`.
struct SourceDecoder {
  let findings: Findings
  let timezone: Zone
  let sourceNames: [String]

  func source(_ name: String, _ item: Item) -> SourceSettings? {
    guard var fields = Fields(item, what: "source \(name)", findings: findings) else { return nil }
    defer { fields.finish() }
    if name.isExactly(LedgerView.source) {
      findings.error(
        "expected another name for a source, got `\(name)`, which is Kindly's own ledger and needs no entry; rename the "
          + "source here and in its watches", at: item.spot)
    }
    let kind = fields.requiredText("url", "`sqlite:///srv/crm/crm.db`").flatMap(kind)
    let password = fields.secret("password")
    let poll = fields.value("poll", "a time from 100ms to 24h, such as 5s") {
      Notation.duration($0, in: SourceSettings.polls)
    }
    let zone = zone(&fields, "timezone") ?? timezone
    let encoding = encoding(&fields, of: kind)
    let manners = manners(&fields, of: kind, encoding: encoding)
    guard let kind else { return nil }
    if password != nil, kind.isFile {
      findings.error(
        "expected source \(name) to have no `password`, got one: its database is a file",
        at: item.spot)
    }
    if let server = kind.server, !server.isHere, server.security != .checked {
      findings.warn(
        "source \(name): customers' data crosses the network "
          + (server.security == .none
            ? "unencrypted" : "to a server whose certificate is not checked")
          + "; remove `sslmode`, so that verify-full applies", at: item.spot)
    }
    return SourceSettings(
      name: name, kind: kind, encoding: encoding, password: password, manners: manners,
      poll: poll ?? SourceSettings.defaultPoll,
      timezone: zone,
      place: item.spot.place)
  }

  /// The encoding of files, and of what a server of MySQL's family keeps as latin1; others know their own.
  private func encoding(_ fields: inout Fields, of kind: SourceKind?) -> String? {
    guard let text = fields.text("encoding") else { return nil }
    switch kind {
    case .csv, .mariadb, nil: break
    case .sqlite, .postgres, .odbc:
      text.refuse(
        "expected `encoding` for CSV, MariaDB and MySQL alone; other databases know their own")
    }
    return text.string
  }

  private func manners(
    _ fields: inout Fields, of kind: SourceKind?, encoding: String?
  ) -> ServerManners {
    for key in ["connections", "replica lag"] where kind.map({ $0.server == nil }) ?? false {
      fields.text(key)?.refuse(
        kind?.isFile == true
          ? "expected `\(key)` for a server alone; a file has one reader and no replica"
          : "expected `\(key)` for PostgreSQL, MariaDB and MySQL alone; an ODBC driver is asked over one connection"
      )
    }
    let connections = fields.number("connections", in: ServerManners.connectionCounts)
    let lag = fields.value("replica lag", "a time from 1s to 24h, such as 30s") {
      Notation.duration($0, in: ServerManners.replicaLags)
    }
    return ServerManners(
      connections: connections ?? ServerManners.defaultConnections, encoding: encoding,
      replicaLag: lag ?? ServerManners.defaultReplicaLag)
  }

  private func kind(_ text: Text) -> SourceKind? {
    do throws(SourceKind.Problem) {
      return try SourceKind(url: text.string)
    } catch {
      text.refuse(error.text)
      return nil
    }
  }

  func watch(_ name: String, _ item: Item) -> Watch? {
    guard var fields = Fields(item, what: "watch \(name)", findings: findings) else { return nil }
    defer { fields.finish() }
    let source = fields.requiredText("source", "the name of a source")
    if let source, source.string.isExactly(LedgerView.source) {
      return LedgerWatchDecoder(findings: findings).watch(name, &fields)
    }
    if let source, !sourceNames.contains(source.string) {
      let names = sourceNames + [LedgerView.source]
      source.refuse(
        "expected `source` to name a source, got \(source.item.shape)"
          + (sourceNames.isEmpty
            ? "; none is configured" : Suggestion.text(for: source.string, among: names)))
    }
    let relation = relation(&fields)
    let key = fields.texts("key")?.map(\.string)
    if key == nil { fields.missing("key", "the column, or the list of columns, that names a row") }
    if let key, Set(key).count < key.count {
      findings.error("expected each column of `key` once, got one again", at: item.spot)
    }
    let changes = fields.value(
      "changes", "`cursor COLUMN`, `changelog` or `snapshot`", SourceDecoder.changes)
    let customer = fields.text("customer")?.string
    let reappearing = fields.value("reappearing", "`insert`, or left out") {
      $0 == "insert" ? true : nil
    }
    let dates = DateDecoder(findings: findings).statements(&fields)
    guard let source, let relation, let key, !key.isEmpty else { return nil }
    return Watch(
      name: name, source: source.string, relation: relation, key: key, changes: changes,
      about: customer.map(Watch.About.customer) ?? .nobody,
      reappearingInserts: reappearing ?? false, dates: dates,
      place: item.spot.place)
  }

  private func relation(_ fields: inout Fields) -> Watch.Relation? {
    let table = fields.text("table")
    let query = fields.text("query")
    switch (table, query) {
    case (let table?, nil): return .table(table.string)
    case (nil, let query?): return checked(query) ? .query(query.string) : nil
    case (nil, nil): fields.missing("table", "a table or view; or `query:` with a SELECT")
    case (.some, let query?): query.refuse("expected a watch to have `table` or `query`, got both")
    }
    return nil
  }

  private func checked(_ query: Text) -> Bool {
    QueryReader.statement(query) != nil
  }

  static func changes(_ text: String) -> Watch.Changes? {
    let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true).map(
      String.init)
    switch words.first {
    case "changelog" where words.count == 1: return .changelog
    case "snapshot" where words.count == 1: return .snapshot
    case "cursor" where words.count == 2:
      let column = words[1].trimmed
      return .cursor(column: unquoted(column))
    default: return nil
    }
  }

  private static func unquoted(_ column: String) -> String {
    guard column.count > 2, column.first == "\"", column.last == "\"" else { return column }
    return String(column.dropFirst().dropLast()).replacing("\"\"", with: "\"")
  }
}

/// A time zone by name, or nil with an error where the system knows none such.
func zone(_ fields: inout Fields, _ key: String) -> Zone? {
  zoneName(&fields, key).flatMap { Zone.reading($0) }
}

/// The name of a time zone as it is written, or nil with an error where the system knows none such.
func zoneName(_ fields: inout Fields, _ key: String) -> String? {
  guard let text = fields.text(key) else { return nil }
  if Zone.reading(text.string) != nil { return text.string }
  let suggestion = Suggestion.text(for: text.string, among: Zone.identifiers)
  text.refuse(
    "expected `\(key)` to be a zone of the system's tzdata, such as Asia/Shanghai, got \(text.item.shape)"
      + (text.string == "Asia/Beijing" ? "; did you mean `Asia/Shanghai`?" : suggestion))
  return nil
}
