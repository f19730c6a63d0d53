import ArgumentParser
import KindlyCore
import KindlyDaemon
import KindlyDesk

struct Why: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain every decision about a customer.",
    discussion: """
      Lists the customer's reminders, newest first, each with its reason, its attempts and the values that decided. Older \
      reminders are summarised. Then evaluates each rule that made no reminder, and says whether the rule does not apply or \
      its time is not now. --all shows every reminder and every row.

      If another customer had the same key before, one line says until when and how many letters they got; --all shows \
      their reminders too.

      EXAMPLES
        kindly why --customer 42
        kindly why li.wei@example.com --rule trial
        kindly why --customer 42 --all
        kindly why --customer 42 --since 2026-01-01 --json
      """)

  @OptionGroup var place: ConfigurationPlace

  @Argument(help: "The customer's mail address or phone number.")
  var address: String?

  @Option(
    help: ArgumentHelp(
      "The customer's key, such as 42; a composite key as 7,2026.", valueName: "id"))
  var customer: String?

  @Option(help: "Only this rule.", completion: Known.rules)
  var rule: String?

  @Option(help: "Only reminders due since then: 2026-02-10, \"2026-02-10 09:30\", or 7d.")
  var since: Since?

  @Flag(help: "Show every reminder and every row, however many.")
  var all = false

  @Flag(help: "Print JSON, with every reminder.")
  var json = false

  func validate() throws {
    guard (address == nil) != (customer == nil) else {
      throw ValidationError("name the customer by address, or with --customer ID")
    }
  }

  func run() async throws {
    let workplace = try await place.workplace()
    let inquiry = workplace.inquiry
    let rule = try self.rule.map(workplace.rule)
    let customers = try await customers(workplace, inquiry)
    let explanations = try await workplace.reading { ledger in
      let explainer = Explainer(
        inquiry: inquiry, ledger: ledger, rule: rule,
        since: since?.instant(now: workplace.now, zone: workplace.zone), isThorough: all)
      var explanations: [Explanation] = []
      for customer in customers { explanations.append(try await explainer.explain(customer)) }
      return explanations
    }
    await inquiry.close()
    if let customer, explanations.allSatisfy(\.isUnknown) {
      throw Failure(
        .refused,
        "there is no customer \(customer): neither the customer database nor the ledger has this key"
      )
    }
    if json {
      return try JSONOutput.print(explanations.map { ExplanationView($0, workplace.time) })
    }
    for explanation in explanations {
      print(ExplanationPage(explanation, time: workplace.time, showsAll: all).text)
    }
  }

  private func customers(
    _ workplace: Workplace, _ inquiry: CustomerInquiry
  ) async throws -> [RowKey] {
    if let customer {
      let key = workplace.customerKey(customer)
      // What a person types may be another spelling of the key; without a source to ask it is taken as it is.
      let entry = try? await inquiry.customer(key)
      return [entry?.person.key ?? key]
    }
    let keys = try await CustomerSearch(inquiry: inquiry).keys(ofAddress: address ?? "")
    guard let keys else {
      throw Failure(.configuration, "there is no `customers:` to look an address up in")
    }
    guard !keys.isEmpty else {
      throw Failure(
        .refused, "no customer has that address; try the customer's key with --customer ID")
    }
    return keys
  }
}
