import KindlyCore

/// Decodes a watch of Kindly's own ledger, whose views, keys and customer columns are fixed.
struct LedgerWatchDecoder {
  let findings: Findings

  func watch(_ name: String, _ fields: inout Fields) -> Watch? {
    let view = view(&fields)
    let key = fields.texts("key")
    let customer = fields.text("customer")
    let changes = changes(&fields, of: view)
    let dates = DateDecoder(findings: findings).statements(&fields)
    guard let view else { return nil }
    if let key, let first = key.first, !isKey(key.map(\.string), of: view) {
      first.refuse(
        "expected `key` of the view \(view.rawValue) to be \(view.key.joined(separator: ", ")), or to be left out, got "
          + "`\(key.map(\.string).joined(separator: ", "))`")
    }
    check(customer, of: view)
    return Watch(
      of: view, named: name, changes: changes, customer: customer?.string,
      dates: dates == DateStatements() ? nil : dates, place: fields.spot.place)
  }

  private func view(_ fields: inout Fields) -> LedgerView? {
    let names = LedgerView.names
    if let query = fields.text("query") {
      query.refuse(
        "expected a watch of Kindly's own ledger to have `table`, got `query`; Kindly must know which reminder led "
          + "to each row, so name other views in `if:`, with EXISTS")
      _ = fields.text("table")
      return nil
    }
    guard let text = fields.requiredText("table", "one of \(names.joined(separator: ", "))") else {
      return nil
    }
    if let view = LedgerView(rawValue: text.string) { return view }
    text.refuse(
      "expected `table` to be a view of Kindly's own ledger (\(names.joined(separator: ", "))), got \(text.shape)"
        + Suggestion.text(for: text.string, among: names))
    return nil
  }

  private func isKey(_ key: [String], of view: LedgerView) -> Bool {
    key.map(\.folded) == view.key.map(\.folded)
  }

  private func check(_ customer: Text?, of view: LedgerView) {
    guard let customer, !view.hasColumn(customer.string) else { return }
    let names = view.columns.map(\.name)
    customer.refuse(
      "expected `customer` to be a column of the view \(view.rawValue), got \(customer.shape)"
        + Suggestion.text(for: customer.string, among: names))
  }

  /// `snapshot` is the default and the only valid value: no view has a column that rises with each update.
  private func changes(_ fields: inout Fields, of view: LedgerView?) -> Watch.Changes? {
    guard let text = fields.text("changes") else { return .snapshot }
    switch text.value("`snapshot`, or left out", SourceDecoder.changes) {
    case .snapshot, nil: break
    case .cursor, .changelog:
      text.refuse(
        "expected `changes` to be `snapshot`, or to be left out, for a watch of Kindly's own ledger, got \(text.shape)"
      )
    }
    return .snapshot
  }
}

extension Watch {
  /// A watch of a view of Kindly's own ledger.
  ///
  /// - Parameters:
  ///   - customer: the column with the customer's key; nil for the view's own.
  ///   - dates: how its columns are read; nil for the view's own statements.
  init(
    of view: LedgerView, named name: String, changes: Watch.Changes? = .snapshot,
    customer: String? = nil, dates: DateStatements? = nil, place: Place
  ) {
    self.init(
      name: name, source: LedgerView.source, relation: .table(view.rawValue), key: view.key,
      changes: changes, about: .customer(column: customer ?? view.customer),
      dates: dates ?? view.dates, place: place)
  }
}
