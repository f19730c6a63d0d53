/// What the ledger's SQL says by name.
extension TidyRule {
  /// A column that stores an enum, beside a bare number: `state = 2`, `scope IN (0, 1)`, `CASE reason WHEN 31`.
  ///
  /// A number whose column is given only by its position, as in `VALUES (1, 2)`, is not seen.
  private static var bareNumber: Regex<Substring> {
    #/
      \b(?:state|claimed_from|reason|scope|trigger_kind|message_class|outcome|origin|operation
        |hold_cause|kind|fuse|moments_decision|severity)\b
      \s*
      (?:[=<>!]=?|<>|IS(?:\s+NOT)?\b|(?:NOT\s+)?IN\s*\(|(?:NOT\s+)?BETWEEN\b|WHEN\b)
      \s*\d
    /#.wordBoundaryKind(.simple)
  }

  static let sql = [
    TidyRule("SQL names the numbers of enums") { path in
      // A released migration is never edited, so it repeats the numbers of its time.
      path.hasPrefix("Sources/KindlySQLiteLedger/") && Place.isSwift(path)
        && !path.contains(#/\/Schema\/\d{4}-/#)
    } find: { file in
      let pattern = bareNumber
      return zip(file.raw, file.lines).enumerated().compactMap { index, line in
        let (raw, parts) = line
        // The SQL is inside strings, which `code` blanks.
        let text = parts.comment.isEmpty ? raw : raw.replacing(parts.comment, with: "")
        guard text.contains(pattern) else { return nil }
        return Finding(
          line: index + 1,
          instead:
            "write the number by its name, as in `\\(state: .waiting)`: Schema/SQLNumbers.swift has the names"
        )
      }
    }
  ]
}
