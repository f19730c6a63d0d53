/// Finds people who are their own leads, directly or through others.
package enum LeadCircles {
  /// The keys of those who are, in no order.
  ///
  /// - Parameter leads: whom each reports to.
  package static func members(of leads: [RowKey: RowKey]) -> [RowKey] {
    leads.keys.filter { key in
      var seen: Set<RowKey> = []
      var next = leads[key]
      while let current = next, seen.insert(current).inserted {
        if current == key { return true }
        next = leads[current]
      }
      return false
    }
  }
}
