import ArgumentParser
import KindlyConfig
import KindlyCore
import KindlyDesk

/// `kindly coverage --customers`: what each channel reaches of all customers.
struct CustomersCoverage {
  /// Nil for all.
  let channel: String?
  let csv: Bool
  let json: Bool

  private static let heading = ["channel", "customer", "reason", "column"]

  func print(_ workplace: Workplace) async throws {
    guard let directory = workplace.configuration.customers,
      let watch = workplace.configuration.watch(named: directory.watch)
    else {
      throw Failure(.configuration, "no customers: kindly.yaml has no `customers:`; add it")
    }
    let channels = workplace.configuration.channels.filter { channel == nil || $0.name == channel }
    if csv { Swift.print(CSVOutput.line(CustomersCoverage.heading)) }
    let inquiry = workplace.inquiry
    // Lines of CSV on the same terminal would be torn by it.
    let progress = ProgressLine(isShown: ProgressLine.isTerminal && !csv)
    defer { progress.clear() }
    let result = try await workplace.readingIfThere { ledger in
      let survey = CustomerSurvey(
        inquiry: inquiry, directory: directory, watch: watch, channels: channels, ledger: ledger,
        report: { if csv { Swift.print(CSVOutput.line($0.cells)) } },
        progress: { progress.advance(by: $0) })
      if progress.isShown { progress.begin(expecting: await survey.expectedRows() ?? 0) }
      return try await survey.result()
    }
    await inquiry.close()
    progress.clear()
    let count = try result.get()
    if json {
      try JSONOutput.print(CustomersView(count))
    } else if !csv {
      Swift.print(CustomersPage(count: count).text)
    }
  }
}

extension UnreachedCustomer {
  /// The cells of a line of CSV, under the heading.
  fileprivate var cells: [String] { [channel, customer.description, obstacle.rawValue, column] }
}
