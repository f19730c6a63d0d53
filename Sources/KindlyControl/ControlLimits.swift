/// How much one side of the control socket puts up with.
package struct ControlLimits: Hashable, Sendable {
  /// Clients served at once; each holds a thread while it is read. Further ones wait in the socket's queue.
  package var clients = 16
  /// The longest line, request or reply: some 2,000 public ids.
  package var lineBytes = 64 * 1024
  /// A client that is silent for this long is disconnected, so that forgotten clients do not take up places.
  package var idle = Duration.seconds(30)

  /// While all places are taken, a client may say nothing for only this long: enough to send a request once connected.
  package var grace = Duration.seconds(1)

  package init() {}
}
