/// One message of a step: the recipient it goes to, and the channels that it tries.
package struct Leg: Hashable, Sendable {
  /// Its part of a reminder's identity, from its positions in `to:` and `send:`.
  package let number: Int
  package let recipient: RecipientRole
  package let route: Route

  package init(number: Int, recipient: RecipientRole = .customer, route: Route) {
    self.number = number
    self.recipient = recipient
    self.route = route
  }

  /// The most members of `send:`; each is a message to the same person about the same thing.
  package static let mostRoutes = 5
  /// The most members of `to:`; more people than this are a team.
  package static let mostRecipients = 5

  /// The legs of a step: each route for each recipient.
  ///
  /// Making either list longer renumbers no leg that was there before, so no open reminder changes its recipient.
  package static func all(
    _ routes: [Route], to recipients: [RecipientRole] = [.customer]
  ) -> [Leg] {
    recipients.enumerated().flatMap { position, recipient in
      routes.enumerated().map { index, route in
        Leg(number: position * mostRoutes + index, recipient: recipient, route: route)
      }
    }
  }

  /// A leg as people count it: `leg 2`, `leg 1 for recipient 2`.
  static func words(of number: Int) -> String {
    let leg = "leg \(number % mostRoutes + 1)"
    return number < mostRoutes ? leg : "\(leg) for recipient \(number / mostRoutes + 1)"
  }
}
