import ArgumentParser

/// The verbs about addresses that nothing is sent to.
struct SuppressionVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppression",
    abstract: "Addresses that nothing is sent to any more.",
    discussion: """
      Kindly suppresses an address when a server has refused it twice as one that does not exist, and has taken mail for \
      others between. Only a hash of the address is kept, so an address is named by the customer it was found at, by its \
      id, or by typing it.

      EXAMPLES
        kindly suppression list
        kindly suppression lift --customer 42 --because "new mail server"
      """,
    subcommands: [SuppressionList.self, SuppressionAdd.self, SuppressionLiftVerb.self],
    defaultSubcommand: SuppressionList.self)
}
