import KindlyConfig
import KindlyCore

/// Checks a watch: that it can be read, that its key and its customers are there.
struct WatchCheck {
  let inquiry: CustomerInquiry

  /// The watch's columns, or nil where it cannot be read.
  func check(_ watch: Watch, _ report: inout CheckReport) async -> Set<ExactText>? {
    do {
      let source = try inquiry.source(of: watch)
      report.add(try await source.examine(.watch(watch)), at: watch.place)
      let columns = Set(texts: try await source.columns(of: watch))
      for directory in inquiry.configuration.directories where directory.watch == watch.name {
        report.add(try await source.examine(.customers(watch, directory)), at: watch.place)
        checkColumns(of: directory, columns, at: watch.place, &report)
      }
      checkDates(of: watch, columns, &report)
      checkKey(of: watch, &report)
      return columns
    } catch let problem as SourceProblem {
      report.add(problem, at: watch.place)
    } catch {
      report.error("watch \(watch.name): \(error)", at: watch.place)
    }
    return nil
  }

  /// Warns of a key that is an address, because keys are shown and logged.
  private func checkKey(of watch: Watch, _ report: inout CheckReport) {
    for directory in inquiry.configuration.directories where !directory.watch.isEmpty {
      checkKey(of: watch, directory, &report)
    }
  }

  private func checkKey(
    of watch: Watch, _ directory: PeopleDirectory, _ report: inout CheckReport
  ) {
    for address in directory.addresses {
      guard let key = watch.key.first(where: { $0.folded == address.column.folded }) else {
        continue
      }
      report.warn(
        "watch \(watch.name): the key \(key) is also the column that `\(directory.kind.rawValue):` names as `\(address.kind.word)`, so the journal and "
          + "`kindly outbox list` show \(directory.kind.rawValue)' addresses; use a key without personal data, such as a number",
        at: watch.place)
    }
  }

  /// Reports columns that `dates:` names but that do not exist. The intended column is then read by its values alone.
  private func checkDates(
    of watch: Watch, _ columns: Set<ExactText>, _ report: inout CheckReport
  ) {
    let present = Set(columns.map(\.folded))
    for column in watch.dates.named.sorted() where !present.contains(column) {
      let meant = Suggestion.text(for: column.string, among: columns.map(\.string))
      report.error(
        "expected watch \(watch.name) to have the column \(column) that `dates:` names, got none such\(meant)",
        at: watch.place)
    }
  }

  /// The columns that the directory names must be there, or every reminder would wait for an address.
  private func checkColumns(
    of directory: PeopleDirectory, _ columns: Set<ExactText>, at place: Place,
    _ report: inout CheckReport
  ) {
    for (word, column) in directory.missingColumns(among: columns) {
      report.error(
        "expected watch \(directory.watch) to have the column \(column) that `\(directory.kind.rawValue):` names as `\(word)`, "
          + "got \(columns.sorted().map(\.string).joined(separator: ", "))", at: place)
    }
  }
}
