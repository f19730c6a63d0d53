/// A setting of a channel that cannot work, found before anything is sent.
package struct UnfitSettings: Error, Hashable, Sendable, CustomStringConvertible {
  /// The key as it stands in the configuration.
  package let key: String
  /// For the operator: `expected … , got …`.
  package let description: String

  package init(_ key: String, _ description: String) {
    self.key = key
    self.description = description
  }
}
