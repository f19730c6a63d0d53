import KindlyCore

/// Decodes what a watch states about its dates: `dates: DMY`, or `dates: { born: YYYYMMDD, visit: [DMY, time] }`.
struct DateDecoder {
  let findings: Findings

  private static let expected =
    "`date`, `time`, `DMY`, `MDY`, `YMD`, `YYYYMMDD`, `unix seconds`, `unix milliseconds` or, for years of two digits, a hundred years such as `years 1930-2029`"

  func statements(_ fields: inout Fields) -> DateStatements {
    guard let item = fields.item("dates") else { return DateStatements() }
    guard case .map(let entries) = item.kind else {
      return DateStatements(common: forms(item, of: "dates"))
    }
    var columns: [ExactText: [DateForm]] = [:]
    for entry in entries {
      let isAgain =
        columns.updateValue(
          forms(entry.value, of: "dates: \(entry.name)"), forKey: ExactText(entry.name))
        != nil
      if isAgain {
        findings.error("expected each column once, got `\(entry.name)` again", at: entry.key.spot)
      }
    }
    return DateStatements(columns: columns)
  }

  /// One form, or a list of them: how the dates are written, and whether they are days or times.
  private func forms(_ item: Item, of key: String) -> [DateForm] {
    let items: [Item] = if case .list(let members) = item.kind { members } else { [item] }
    let forms = items.compactMap { item in
      Text(item, key: key, findings: findings)?.value(DateDecoder.expected, DateForm.init(word:))
    }
    let years = forms.count(where: \.isYears)
    if forms.count(where: \.isNotation) > 1 || years > 1
      || forms.count(where: { !$0.isNotation && !$0.isYears }) > 1
    {
      findings.error(
        "expected `\(key)` to say once how dates are written and once whether they are `date` or `time`, got "
          + forms.map(\.word).joined(separator: ", "), at: item.spot)
    }
    if years > 0, !forms.contains(where: { $0.shortOrder != nil }) {
      findings.error(
        "expected `\(key)` to have `DMY`, `MDY` or `YMD` beside `years`, such as `[DMY, years 1930-2029]`, got "
          + forms.map(\.word).joined(separator: ", "), at: item.spot)
    }
    return forms
  }
}
