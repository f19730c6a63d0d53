import KindlyCore

/// Decodes `customers:`.
struct CustomerDecoder {
  let findings: Findings
  let watchNames: [String]

  func directory(_ item: Item) -> CustomerDirectory? {
    guard var fields = Fields(item, what: "customers", findings: findings) else { return nil }
    defer { fields.finish() }
    let watch = fields.requiredText(
      "watch", "the watch that has the customers' names and addresses")
    if let watch, !watchNames.contains(watch.string) {
      watch.refuse(
        "expected `watch` to name a watch, got \(watch.item.shape)"
          + Suggestion.text(for: watch.string, among: watchNames))
    }
    let condition = ConditionReader(findings: findings).condition(&fields, "if")
    let columns = ["name", "email", "phone", "language", "timezone"].map { fields.text($0)?.string }
    let secret = fields.texts("secret")?.map(\.string) ?? []
    guard let watch else { return nil }
    return CustomerDirectory(
      watch: watch.string, condition: condition?.sql, name: columns[0], email: columns[1],
      phone: columns[2], language: columns[3], timezone: columns[4], secret: secret)
  }
}
