import KindlyCore

/// Decodes `lists:`, and the `show:` keys that refer to them.
struct ListReader {
  let lists: [CustomerList]
  /// Every name in the file, including the names of invalid lists.
  private let names: [String]

  init(_ item: Item?, sourceNames: [String], findings: Findings) {
    let items = NamedItems(
      item, what: "list", isName: Notation.isTitle, rule: Notation.titleRule, findings: findings)
    lists = items.members.compactMap { name, item in
      ListReader.list(name, item, sourceNames, findings)
    }
    names = items.names
  }

  private static func list(
    _ name: String, _ item: Item, _ sourceNames: [String], _ findings: Findings
  ) -> CustomerList? {
    guard var fields = Fields(item, what: "list \(name)", findings: findings) else { return nil }
    defer { fields.finish() }
    let source = fields.requiredText("source", "the name of a source")
    if let source, !sourceNames.containsExactly(source.string) {
      source.refuse(
        "expected `source` to name a source, got \(source.shape)"
          + (sourceNames.isEmpty
            ? "; none is configured" : Suggestion.text(for: source.string, among: sourceNames)))
    }
    let query = fields.requiredText(
      "query", "a SELECT, in which `:customer` stands for the customer's key")
    guard let query,
      let statement = QueryReader.statement(query, binding: [CustomerList.placeholder])
    else { return nil }
    guard statement.placeholders.contains(CustomerList.placeholder) else {
      query.refuse(
        "expected `query` to select one customer's rows (`WHERE customer_id = :customer`), got no `:customer`; "
          + "without it every customer's card would show the rows of all customers")
      return nil
    }
    return source.map { source in
      CustomerList(
        name: name, source: source.string, query: query.string, place: item.spot.place)
    }
  }

  /// The lists that `show:` names, without duplicates; nil if there is no `show:`.
  func chosen(_ fields: inout Fields) -> [CustomerList]? {
    guard let texts = fields.texts("show") else { return nil }
    if texts.count > CustomerList.mostShown, let text = texts.last {
      text.refuse(
        "expected `show` to have at most \(CustomerList.mostShown) members, got \(texts.count); combine some of them into one list"
      )
    }
    var chosen: [CustomerList] = []
    for text in texts {
      guard names.containsExactly(text.string) else {
        refuse(text)
        continue
      }
      if let list = lists.first(where: { $0.name.isExactly(text.string) }), !chosen.contains(list) {
        chosen.append(list)
      }
    }
    return chosen
  }

  private func refuse(_ text: Text) {
    let known =
      names.isEmpty
      ? "; there are none: write `lists: { NAME: { source: SOURCE, query: \"SELECT … WHERE customer_id = :customer\" } }` in kindly.yaml"
      : Suggestion.text(for: text.string, among: names)
    text.refuse("expected `show` to name lists of kindly.yaml, got \(text.shape)\(known)")
  }
}
