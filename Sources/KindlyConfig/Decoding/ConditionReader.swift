import KindlyCore

/// Reads an `if:`, and says what YAML has done to it where it is broken.
struct ConditionReader {
  let findings: Findings

  func condition(_ fields: inout Fields, _ key: String) -> ConditionText? {
    fields.text(key).flatMap(condition)
  }

  func condition(_ text: Text) -> ConditionText? {
    do throws(ConditionProblem) {
      let condition = try ConditionText(text.string)
      for warning in condition.warnings { text.warn(warning.text, offset: warning.offset) }
      return condition
    } catch {
      text.refuse(ConditionReader.message(error, for: text), offset: error.offset)
      return nil
    }
  }

  /// Reads an `unless:`. Its row is the reminder itself, which has no old values.
  func unlessCondition(_ fields: inout Fields) -> ConditionText? {
    guard let text = fields.text("unless"), let condition = condition(text) else { return nil }
    guard let column = condition.oldColumns.first else { return condition }
    text.refuse(
      "expected `unless` to query Kindly's own views, where `this` is the reminder, got `old.\(column)`; use `if:`"
    )
    return nil
  }

  /// Reads a `done if:`.
  func doneCondition(_ fields: inout Fields) -> DoneCondition? {
    guard let condition = condition(&fields, "done if"), let text = fields.text("done if") else {
      return nil
    }
    do throws(ConditionProblem) {
      return try DoneCondition(condition)
    } catch {
      text.refuse(ConditionReader.message(error, for: text), offset: error.offset)
      return nil
    }
  }

  static func message(_ problem: ConditionProblem, for text: Text) -> String {
    let hint = YAMLTraps.hint(forBroken: text.item, key: text.key).map { "; " + $0 } ?? ""
    return "`\(text.key)`: \(problem.text)\(hint)"
  }
}
