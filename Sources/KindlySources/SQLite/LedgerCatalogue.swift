import KindlyCore

/// The catalogue of Kindly's own ledger as a source: the published views.
struct LedgerCatalogue: Catalogue {
  func server() -> ServerFacts {
    ServerFacts(
      product: "Kindly's own ledger",
      remarks: ["its views are a stable interface: their names and columns stay the same"])
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
