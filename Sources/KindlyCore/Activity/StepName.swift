/// A step, by the names of its rule and of itself.
package struct StepName: Hashable, Sendable {
  package let rule: ExactText
  package let step: ExactText

  package init(rule: String, step: String) {
    self.rule = ExactText(rule)
    self.step = ExactText(step)
  }
}
