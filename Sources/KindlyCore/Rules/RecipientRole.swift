/// Whom a message goes to, as a rule says it: `to: owner`.
package indirect enum RecipientRole: Hashable, Sendable {
  /// The customer that the row is about.
  case customer
}
