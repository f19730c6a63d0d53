import KindlyCore

/// The comments at the top of a change log's SQL, which explain what it means for the application.
///
/// Engine-specific sentences are passed in with their comment dashes.
struct ChangeLogHead {
  /// What each row costs that is written.
  let cost: String
  /// The types of columns that are left out, with their verb.
  let leftOut: String
  /// How the log is kept small, and what else it does by itself.
  let upkeep: String
  /// What leaves no entries, and what else the application has to know.
  let limits: String
  /// How the SQL is applied; it stands behind the words that kindly only reads.
  let applying: String

  func text<Dialect>(
    of watch: Watch, on table: String, _ columns: [WatchColumn<Dialect>]
  ) -> String {
    let captured = columns.isEmpty ? "no column" : columns.map(\.name).joined(separator: ", ")
    let updates =
      columns.isEmpty
      ? "Every UPDATE of a row leaves an entry."
      : "An UPDATE that changes none of these columns leaves no entry; the regular sweep still finds it."
    let line = ChangeLogTable.oneLine
    return """
      -- The change log of kindly's watch \(line(watch.name)), on table \(line(table)).
      --
      -- What it means for the application:
      \(cost)
      -- * The log holds the values of: \(line(captured)). \(leftOut) left out.
      --   \(updates)
      \(upkeep)
      -- * If an entry cannot be written (the disk is full), the application's own statement fails with it.
      \(limits)
      -- * Adding a column to the table needs nothing. Before renaming or dropping one of the columns above, or the
      --   key, remove the log; afterwards apply what `kindly source ddl` prints then. The new log begins again, so
      --   kindly then holds the watch as `source replaced` until you run `kindly source accept`.
      -- kindly reads the log and never writes it. \(applying)
      """
  }
}
