/// How much one side of the control socket puts up with.
package struct ControlLimits: Hashable, Sendable {
  /// Clients served at once; each holds a thread while it is read. Further ones wait in the socket's queue.
  package var clients = 16
  /// The longest line, request or reply: some 2,000 public ids.
  package var lineBytes = 64 * 1024
  /// A client that says nothing for this long is sent away, so that forgotten ones do not fill the places.
  package var idle = Duration.seconds(30)

  /// While all places are taken, a client may say nothing for only this long: enough to send a request once connected.
  package var grace = Duration.seconds(1)

  package init() {}
}
