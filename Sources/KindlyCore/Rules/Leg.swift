/// One message of a step: the recipient it goes to, and the channels that it tries.
package struct Leg: Hashable, Sendable {
  /// Its part of a reminder's identity, from its positions in `to:` and `send:`.
  package let number: Int
  package let recipient: RecipientRole
  package let route: Route
  /// Whether it carries the cards of another leg's tasks over a second channel (`via:` of a channel).
  package let isCarrier: Bool

  package init(
    number: Int, recipient: RecipientRole = .customer, route: Route, isCarrier: Bool = false
  ) {
    self.number = number
    self.recipient = recipient
    self.route = route
    self.isCarrier = isCarrier
  }

  /// The number of a carrier minus the number of the leg whose cards it carries; more than the legs of any step.
  package static let carrierDistance = 50

  /// The position of its recipient in `to:`.
  package var position: Int { number % Leg.carrierDistance / Leg.mostRoutes }

  /// The same leg for another recipient.
  package func to(_ recipient: RecipientRole) -> Leg {
    Leg(number: number, recipient: recipient, route: route, isCarrier: isCarrier)
  }

  /// The leg that carries this one's cards over a channel.
  ///
  /// Its message is a reminder of its own, so it is handed over once, whatever happens to the task.
  package func carrier(over channel: String) -> Leg {
    Leg(
      number: number + Leg.carrierDistance, recipient: recipient, route: Route([channel]),
      isCarrier: true)
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

  /// A leg as people count it: `leg 2`, `leg 1 for recipient 2`, `card of leg 1`.
  static func words(of number: Int) -> String {
    if number >= carrierDistance { return "card of \(words(of: number - carrierDistance))" }
    let leg = "leg \(number % mostRoutes + 1)"
    return number < mostRoutes ? leg : "\(leg) for recipient \(number / mostRoutes + 1)"
  }
}
