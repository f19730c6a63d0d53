/// A text that never prints itself: a password, a token, a customer's initial password.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself. Take it only where it enters a message or a connection.
  package let exposed: String

  package init(_ text: String) {
    exposed = text
  }

  package var description: String { "<secret>" }
  package var debugDescription: String { "<secret>" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
