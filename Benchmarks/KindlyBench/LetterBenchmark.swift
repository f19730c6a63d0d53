import Foundation
import KindlyCore
import KindlyTemplates

extension Benchmark {
  /// One of the letters that are shipped, with layout, partials and its text twin.
  static let letter = Benchmark(
    name: "letter", summary: "rendering a shipped letter, with its plain-text twin"
  ) { _ in
    let letters = try TemplateLibrary(folder: shippedTemplates)
    let customer = Person(
      key: RowKey(canonical: "[\"42\"]"), name: "Wang Fang",
      addresses: [.email: "wang@example.com"],
      language: "en", zone: Zone.named("Asia/Shanghai"))
    let scope = TemplateScope(
      this: [
        "id": .integer(42), "trial_ends_on": .text("2026-03-10"), "status": .text("trial"),
        "initial_password": .null,
      ], customer: customer, rule: "trial", now: Instant(seconds: 1_772_700_000), language: "en")
    let count = 5_000
    var bytes = 0
    var meter = EffortMeter()
    for _ in 0..<count {
      let message = try letters.render("trial/ending", scope: scope)
      bytes += (message.html ?? message.text).utf8.count
    }
    let took = meter.lap()
    return [
      .rate(
        "letters rendered on one core", count, in: took,
        note: ", \(Figures.grouped(Double(bytes / count))) bytes")
    ]
  }

  /// The letters of this checkout: three folders up from this file.
  private static var shippedTemplates: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/config/templates"
  }
}
