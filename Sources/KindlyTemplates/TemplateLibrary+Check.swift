import KindlyCore

extension TemplateLibrary {
  /// What is wrong with a letter for rows of these columns: its texts, its layout and its partials, in every
  /// language.
  ///
  /// Unknown columns and earlier values that are not kept are errors. Unescaped HTML, a secret in a subject line and a
  /// letter without a file for all languages are warnings.
  package func check(_ name: String, columns: TemplateColumns) -> [TemplateFinding] {
    guard let variants = letters[name] else {
      let problem = TemplateProblem.unknownTemplate(
        name: name, suggestion: Suggestion.nearest(to: name, among: names))
      return [.error(problem.description, at: TemplatePlace(file: folder))]
    }
    var findings: [TemplateFinding] = []
    for (_, letter) in variants.sorted(by: { $0.key < $1.key }) {
      for number in letter.slots {
        let slot = table.slots[number]
        if let finding = misplaced(slot, number, in: letter, columns) ?? check(slot, columns) {
          findings.append(finding)
        }
      }
      if columns.isDigest, !letter.slots.contains(where: { isRows(table.slots[$0]) }) {
        findings.append(
          .error(
            "expected {{#rows}}…{{/rows}} in a letter of a rule with `digest:`, got none",
            at: letter.file.place))
      }
      for number in letter.file.subject?.slots ?? [] {
        if let finding = checkSubject(table.slots[number], columns) { findings.append(finding) }
      }
    }
    if variants[""] == nil, variants.count > 1,
      let shown = forAllOthers(variants)
    {
      let text =
        "readers of all other languages get this letter; a file \(name).html would serve them"
      findings.append(.warning(text, at: shown.file.place))
    }
    findings += variants.values.compactMap(unstatedLanguage)
    var told: Set<TemplateFinding> = []
    return findings.filter { told.insert($0).inserted }
  }

  private func isRows(_ slot: TagTable.Slot) -> Bool { slot.expression.operand == .rows }

  /// The error for a tag in the wrong place, inside or outside of the rows.
  private func misplaced(
    _ slot: TagTable.Slot, _ number: Int, in letter: LinkedLetter, _ columns: TemplateColumns
  ) -> TemplateFinding? {
    let path = slot.expression.path
    switch slot.expression.operand {
    case .rows, .count:
      if !columns.isDigest { return .error(TemplateProblem.noRows(path), at: slot.place) }
      guard isRows(slot), letter.slotsInRows.contains(number) else { return nil }
      return .error("expected no nested `rows`; a row has no rows of its own", at: slot.place)
    case .person(.customer, _) where columns.addressesCustomer: return nil
    case .this, .old, .oldValues, .person, .list, .moment, .was, .now, .rule, .language, .subject,
      .content:
      guard columns.isDigest, slot.expression.isOfOneRow,
        letter.slotsOutsideRows.contains(number)
      else { return nil }
      return .error(TemplateProblem.outsideRows(path), at: slot.place)
    }
  }

  /// Warns of a letter that writes dates or amounts although its language is unknown.
  private func unstatedLanguage(_ letter: LinkedLetter) -> TemplateFinding? {
    guard letter.file.language.isEmpty else { return nil }
    let follows = letter.slots.map { table.slots[$0] }.first {
      $0.expression.helper?.followsLanguage == true
    }
    guard let follows else { return nil }
    return .warning(
      "this letter does not declare its language, so its dates and amounts are written in English; "
        + "write `language: LANGUAGE` in kindly.yaml or in the head of the letter",
      at: follows.place)
  }

  private func check(_ slot: TagTable.Slot, _ columns: TemplateColumns) -> TemplateFinding? {
    let expression = slot.expression
    switch expression.operand {
    case .this(let column):
      if let finding = unkept(column, columns.this, columns, slot)
        ?? unknown(column, "this", columns.this, slot)
      {
        return finding
      }
    case .old(let column):
      guard let old = columns.old else {
        if slot.use == .condition { break }
        let text = "`\(expression.path)` exists only in rules about updates"
        return .error(text, at: slot.place)
      }
      if let finding = unkept(column, old, columns, slot) ?? unknown(column, "old", old, slot) {
        return finding
      }
    case .person(let person, let name):
      guard let known = columns.names(of: person) else {
        return .error("there is no `\(expression.path)`: \(person.lack)", at: slot.place)
      }
      if let finding = unknown(name, person.rawValue, known, slot) { return finding }
    case .list(let name):
      guard !columns.lists.contains(name) else { return nil }
      let meant = Suggestion.nearest(to: name, among: columns.lists).map { "lists.\($0)" }
      return .error(
        "the step shows no `\(expression.path)`; name the list in `show:`\(hint(meant))",
        at: slot.place)
    case .oldValues, .moment, .was, .now, .rule, .language, .subject, .content, .rows, .count:
      return nil
    }
    switch slot.use {
    case .unescaped:
      return .warning(
        "`\(expression.path)` is written without escaping, so the row can put any HTML here",
        at: slot.place)
    case .unquotedAttribute:
      return .warning(
        "`\(expression.path)` is part of an attribute without quotes, and an empty value would break the tag; "
          + "write quotes around the attribute's value", at: slot.place)
    case .plain, .html, .condition: return nil
    }
  }

  /// The error for a column of the row's past that Kindly does not know.
  private func unkept(
    _ column: String, _ known: Set<ExactText>, _ columns: TemplateColumns, _ slot: TagTable.Slot
  ) -> TemplateFinding? {
    guard !known.contains(column), columns.unkept.contains(column) else { return nil }
    return .error(
      "Kindly keeps no earlier value of `\(slot.expression.path)`, so the letter cannot be written; "
        + "name the column in the rule's `if` to have it kept (a column under `secret:` never is)",
      at: slot.place)
  }

  private func unknown(
    _ column: String, _ root: String, _ known: Set<ExactText>, _ slot: TagTable.Slot
  ) -> TemplateFinding? {
    guard !known.contains(column) else { return nil }
    let meant = Suggestion.nearest(to: column, among: known).map { "\(root).\($0)" }
    let whose = TemplatePerson(rawValue: root).map { "the \($0.rawValue)" } ?? "the row"
    return .error("\(whose) has no `\(root).\(column)`\(hint(meant))", at: slot.place)
  }

  private func checkSubject(
    _ slot: TagTable.Slot, _ columns: TemplateColumns
  ) -> TemplateFinding? {
    switch slot.expression.operand {
    case .person(.customer, let name) where columns.secrets.contains(name),
      .this(let name) where columns.secrets.contains(name):
      return .warning(
        "`\(slot.expression.path)` is a secret, and subjects show in lists, notifications and logs",
        at: slot.place)
    case .this, .old, .oldValues, .person, .list, .moment, .was, .now, .rule, .language, .subject,
      .content, .rows, .count:
      return nil
    }
  }
}
