import ArgumentParser

/// The verbs about addresses that nothing is sent to.
struct SuppressionVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suppression",
    abstract: "Show and change the addresses that nothing is sent to.",
    discussion: """
      Kindly suppresses an address when a server has refused it twice because it does not exist, and has accepted mail for \
      other addresses in between. Kindly keeps only a hash of the address. Name an address by its customer, by its id, or by \
      typing it.

      EXAMPLES
        kindly suppression list
        kindly suppression lift --customer 42 --because "new server" --yes
      """,
    subcommands: [SuppressionList.self, SuppressionAdd.self, SuppressionLiftVerb.self],
    defaultSubcommand: SuppressionList.self)
}
