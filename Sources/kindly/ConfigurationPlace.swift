import ArgumentParser
import Foundation
import KindlyChannels
import KindlyConfig

/// Where the configuration is: what every verb needs.
struct ConfigurationPlace: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("The folder of kindly.yaml, rules.d and templates.", valueName: "dir"),
    completion: .directory)
  var config = ConfigurationPlace.standard

  static let standard = "/etc/kindly"

  /// The workplace of a verb: the configuration in the files or, if they have errors, the one the daemon loaded last.
  ///
  /// Errors in the files then become warnings on standard error, unless the verb reports them itself.
  ///
  /// - Parameter audience: the people who may use the verb; it is refused to others.
  func workplace(
    warns: Bool = true, for audience: Audience = .operators
  ) async throws -> Workplace {
    let workplace = try await workplaceOfFiles(warns: warns)
    try await audience.admit(to: workplace)
    return workplace
  }

  private func workplaceOfFiles(warns: Bool) async throws -> Workplace {
    do {
      let configuration = try ConfigurationLoader.load(folder: config)
      let daemon = await DaemonPlaces.find(from: Whereabouts(configuration))
      let workplace = Workplace(
        configuration, socket: daemon?.socket, ledger: daemon?.ledger,
        move: daemon?.difference(from: configuration))
      if warns, let move = workplace.move { Standard.error("kindly: warning: \(move)") }
      return workplace
    } catch {
      guard let workplace = await StandIn(folder: config, problems: error).workplace() else {
        throw error
      }
      if warns, let fault = workplace.fault { Standard.error(fault.text(in: workplace.zone)) }
      return workplace
    }
  }
}

/// What a person should read who did not ask for an answer.
enum Standard {
  static func error(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
