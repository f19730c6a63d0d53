/// A configuration that was loaded once.
package struct ArchivedConfiguration: Hashable, Sendable {
  package let id: Int64
  package let hash: String
  package let text: String
  package let archived: Instant

  package init(id: Int64, hash: String, text: String, archived: Instant) {
    self.id = id
    self.hash = hash
    self.text = text
    self.archived = archived
  }
}
