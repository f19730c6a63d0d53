/// The names of the rule that Kindly adds where replies become tasks.
package enum ReplyRule {
  /// The name of the rule, and of its watch.
  package static let name = "kindly.replies"
  /// The letter that its tasks show. Kindly has one of its own, which a letter of this name in the templates folder
  /// replaces.
  package static let template = "kindly/reply"
}

/// What else a customer's reply to a rule's messages leads to; it always ends the waiting reminders about the row.
package enum ReplyResponse: String, Hashable, Sendable, CaseIterable {
  /// A task for the customer's owner.
  case task
  case nothing
}
