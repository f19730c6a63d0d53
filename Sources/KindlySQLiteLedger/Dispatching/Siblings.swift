/// The reminders of one occurrence and step, which differ in their legs.
enum Siblings {
  /// The SQL condition that one reminder is the sibling of another, with a leg that is less by a distance.
  static func condition(of one: String, before other: String, by distance: Int) -> String {
    """
    \(one).rule = \(other).rule AND \(one).row_key = \(other).row_key
      AND \(one).cycle = \(other).cycle AND \(one).step = \(other).step
      AND \(one).leg = \(other).leg - \(distance)
    """
  }
}
