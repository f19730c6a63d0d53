import KindlyCore

/// What Kindly's own ledger tells of itself as a source: the published views.
struct LedgerCatalogue: Catalogue {
  func server() -> ServerFacts {
    ServerFacts(
      product: "Kindly's own ledger",
      remarks: ["its views are published: their names and columns stay as they are"])
  }

  func relations() -> [ListedRelation] {
    LedgerView.allCases.map { ListedRelation(name: $0.rawValue, kind: .view) }
  }

  func details(of relation: ListedRelation) -> RelationDetails {
    var details = RelationDetails()
    details.primaryKey = LedgerView(rawValue: relation.name)?.key ?? []
    return details
  }

  func grants(reading relations: [String]) -> String {
    "# No grants are needed: Kindly reads its own ledger."
  }
}
