package import KindlyConfig
package import KindlyCore

/// A channel type whose channels speak to a service over HTTP; it says which service, and the rest follows.
package protocol HTTPChannelType: ChannelType {
  var http: HTTPSettings { get }

  /// The service of a channel.
  ///
  /// - Parameter reveal: reads a secret.
  func service(
    on channel: String, _ reveal: (SecretReference) throws -> Secret
  ) throws -> any HTTPService
}

extension HTTPChannelType {
  package var standardConcurrency: Int { HTTPSettings.standardConnections }
  package var mostConcurrency: Int { HTTPSettings.mostConnections }
  package var deadline: Duration { http.deadline }
  package func faults() -> [String] { http.faults }

  package func preview(
    of delivery: Delivery, on channel: String
  ) throws(UnfitDelivery) -> HandOverPreview? {
    let service: any HTTPService
    do {
      service = try self.service(on: channel) { _ in PreviewSecret.dots }
    } catch {
      throw UnfitDelivery(.message, "\(error)")
    }
    let address = try traits.address.checked(delivery.recipient.address)
    return try service.preview(of: delivery, to: address)
  }

  package func channel(in surroundings: ChannelSurroundings) throws -> any Channel {
    HTTPServiceChannel(
      name: surroundings.name,
      service: try service(on: surroundings.name) { try surroundings.reveal($0) },
      access: http.access(connections: surroundings.concurrency), clock: surroundings.clock,
      ledger: surroundings.ledger)
  }
}

/// What stands for each secret in a preview.
enum PreviewSecret {
  static let dots = Secret("•••")
}
