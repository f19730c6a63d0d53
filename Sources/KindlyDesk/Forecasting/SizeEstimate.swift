import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// How many segments a future text message takes.
package enum MessageSize: Hashable, Sendable {
  /// Counted in the letter itself.
  case written(Int)
  /// Estimated from other letters of the same step, language and channel.
  case estimated(Int)
  /// The letter cannot be written, or does not contain the whole text.
  case unknown
}

/// Counts the segments of a rule's text messages over channels with a price, by writing some of the letters.
///
/// For each step, language and channel, the first letters are written, and then fewer and fewer, so that a million
/// reminders take about as long as a hundred. The others get estimates with the same average as the written ones.
struct SizeEstimate {
  private let inquiry: CustomerInquiry
  private let letters: TemplateLibrary
  private let rule: Rule
  private let watch: Watch
  private let source: any CustomerSource
  private let channels: Set<ExactText>
  private var series: [Kind: Series] = [:]
  /// The letter's language for each template and customer language; kept, because finding it takes a search.
  private var variants: [ExactText: [ExactText: String]] = [:]

  /// Messages whose sizes are alike.
  private struct Kind: Hashable {
    let step: ExactText
    let variant: ExactText
    let channel: ExactText
  }

  /// Nil if there is nothing to count: no letters were given, or no channel has a price.
  init?(
    _ inquiry: CustomerInquiry, _ letters: TemplateLibrary?, _ rule: Rule, _ watch: Watch,
    _ source: any CustomerSource
  ) {
    channels = Set(inquiry.configuration.segmentPrices.keys)
    guard let letters, !channels.isEmpty else { return nil }
    self.inquiry = inquiry
    self.letters = letters
    self.rule = rule
    self.watch = watch
    self.source = source
  }

  /// Reminders of a step with the sizes of their messages.
  mutating func measured(_ entries: [ForecastEntry], _ step: Step) async throws -> [ForecastEntry] {
    var entries = entries
    let kinds = entries.map { kind(of: $0, step) }
    let chosen = entries.indices.filter { place in
      kinds[place].map { series[$0, default: Series()].choosesNext() } ?? false
    }
    let sizes = try await sizes(of: chosen.map { entries[$0] }, step)
    for (place, segments) in zip(chosen, sizes) {
      entries[place].size = segments.map(MessageSize.written) ?? .unknown
      if let kind = kinds[place], let segments {
        series[kind, default: Series()].add(segments)
      }
    }
    for place in entries.indices where entries[place].size == nil {
      guard let kind = kinds[place] else { continue }
      entries[place].size = series[kind, default: Series()].estimate()
    }
    return entries
  }

  /// The kind of a reminder's message; nil if its size does not matter.
  private mutating func kind(of entry: ForecastEntry, _ step: Step) -> Kind? {
    guard case .leaves(_, let channel) = entry.fate, channels.contains(channel) else { return nil }
    return Kind(
      step: ExactText(step.name), variant: ExactText(variant(of: step, for: entry.language ?? "")),
      channel: ExactText(channel))
  }

  private mutating func variant(of step: Step, for language: String) -> String {
    if let known = variants[step.template]?[language] { return known }
    let variant = letters.variant(of: step.template, for: language) ?? ""
    variants[step.template, default: [:]][language] = variant
    return variant
  }

  // MARK: Writing

  /// The segments of each message, counted in its letter; nil if the letter cannot be written.
  private func sizes(of entries: [ForecastEntry], _ step: Step) async throws -> [Int?] {
    var sizes: [Int?] = []
    for start in stride(from: 0, to: entries.count, by: RowQuestion.mostKeys) {
      let page = entries[start..<min(start + RowQuestion.mostKeys, entries.count)]
      let rows = try await source.rows(
        RowQuestion(
          watch: watch, keys: Array(Set(page.map(\.key))).sorted(), conditions: [],
          clock: inquiry.clock))
      let customers = try await inquiry.customers(Set(page.compactMap(\.customer)))
      for entry in page {
        let about = RowSubject(entry.customer, of: watch, among: customers)
        sizes.append(try await size(of: entry, step, rows[entry.key], about))
      }
    }
    return sizes
  }

  private func size(
    of entry: ForecastEntry, _ step: Step, _ row: RowAnswer?, _ about: RowSubject
  ) async throws -> Int? {
    guard case .leaves(_, let channel) = entry.fate, let row else { return nil }
    if case .unknown = about { return nil }
    do {
      let sample = try await LetterSample(
        rule, step, row, of: watch, about: about.person, role: step.leg(entry.leg)?.recipient,
        revealsSecrets: true, letters: letters,
        inquiry)
      return sample.segments(over: channel)
    } catch let problem as SourceProblem {
      throw problem
    } catch {
      // A letter that cannot be written has no size; `kindly check` says what is wrong with it.
      return nil
    }
  }
}

/// The sizes of messages of one kind, of which only some are written.
private struct Series {
  private var met = 0
  private var next = 0
  private var written = 0
  private var segments = 0
  /// What rounding left of the average so far, in units of 1/`written`.
  private var remainder = 0

  /// This many are written one after another, and then one each time the series has grown by a quarter.
  private static let first = 40

  /// Whether the next message is one of those to be written.
  mutating func choosesNext() -> Bool {
    defer { met += 1 }
    guard met == next else { return false }
    next += met < Series.first ? 1 : met / 4
    return true
  }

  mutating func add(_ segments: Int) {
    written += 1
    self.segments += segments
  }

  /// The size of a message whose letter was not written.
  mutating func estimate() -> MessageSize {
    guard written > 0 else { return .unknown }
    remainder += segments
    defer { remainder %= written }
    return .estimated(remainder / written)
  }
}
