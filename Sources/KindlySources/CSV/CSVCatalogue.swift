import KindlyCore

/// What is known of CSV files: their names, their columns, and what is wrong with them.
struct CSVCatalogue: Catalogue {
  let path: String
  let encoding: String?
  let files: [ListedRelation]

  func server() throws -> ServerFacts {
    ServerFacts(product: "CSV files", encoding: encoding ?? "UTF-8")
  }

  func relations() -> [ListedRelation] { files }

  /// A file declares neither types nor keys.
  func details(of relation: ListedRelation) -> RelationDetails { RelationDetails() }

  func grants(reading relations: [String]) -> String {
    """
    # Files have no users of their own. As root:
    setfacl --recursive --modify u:kindly:rX '\(path)'
    """
  }
}
