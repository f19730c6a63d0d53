import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// What a step's text messages cost.
extension LetterCheck {
  /// Notes the highest cost of a message over each channel with a price. Each version of the letter is written for each
  /// row.
  func tellCost(_ rows: [RowAnswer], _ report: inout CheckReport) async throws {
    let channels = inquiry.configuration.channels(of: step).compactMap { channel in
      channel.type.segmentPrice.map { (name: channel.name, price: $0) }
    }
    guard !channels.isEmpty else { return }
    let samples = try await samples(of: rows)
    for (channel, price) in channels {
      let previews = samples.compactMap { $0.handOver(over: channel) }
      let segments = previews.compactMap(\.segments)
      if let most = segments.max() {
        report.notes.append(
          "\(name): a message over \(channel) costs at most \(price * most) (\(counted(most, "segment"))), judging by "
            + "\(counted(segments.count, "letter")) written for real rows")
      }
      if segments.count < previews.count {
        report.warn(
          "\(subject) does not contain the whole text of a message over \(channel), so its cost is not known; write "
            + "the text of the provider's template as `sms:` in the letter's head", at: step.place)
      }
    }
  }

  private var name: String {
    step.name == Step.only ? rule.name : "\(rule.name), step \(step.name)"
  }

  /// Each version of the letter, written for each row that it can be written for.
  private func samples(of rows: [RowAnswer]) async throws -> [LetterSample] {
    let customers = try await inquiry.customers(Set(rows.compactMap(\.customer)))
    var samples: [LetterSample] = []
    for row in rows {
      let about = RowSubject(row.customer, of: watch, among: customers)
      if case .unknown = about { continue }
      for variant in letters.languages(of: step.template) {
        do {
          samples.append(
            try await LetterSample(
              rule, step, row, of: watch, about: about.person,
              language: LetterSample.language(ofVariant: variant), revealsSecrets: true,
              letters: letters, inquiry))
        } catch let problem as SourceProblem {
          throw problem
        } catch {
          // Rendering reports why a letter cannot be written.
          continue
        }
      }
    }
    return samples
  }
}
