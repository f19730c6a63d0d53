import KindlyCore

/// Decodes one member of `channels:`: the type, its own keys, and the keys of every type.
struct ChannelDecoder {
  let types: [any ChannelType.Type]
  let findings: Findings
  let hours: HoursReader

  func channel(_ name: String, _ item: Item) -> ChannelSettings? {
    guard var fields = Fields(item, what: "channel \(name)", findings: findings) else { return nil }
    if name == Route.preferred {
      findings.error(
        "expected a channel's name other than `\(name)`, which stands for the channel that a customer's row names in `send`",
        at: item.spot)
    }
    guard let word = fields.requiredText("type", words) else { return nil }
    guard let type = types.first(where: { $0.word.isExactly(word.string) }) else {
      word.refuse(
        "expected `type` to be \(words), got \(word.item.shape)"
          + Suggestion.text(for: word.string, among: types.map { $0.word }))
      return nil
    }
    defer { fields.finish() }
    let settings: (any ChannelType)? = type.init(&fields)
    let concurrency = fields.number("concurrency", in: ChannelSettings.concurrencies)
    let rate = fields.value(
      "rate", "a number and s, min, h or d, such as 20/s or 100/min", Rate.init)
    let hours = hours.ofChannel(&fields)
    guard let settings else { return nil }
    return ChannelSettings(
      name: name, type: settings,
      concurrency: min(concurrency ?? settings.standardConcurrency, settings.mostConcurrency),
      rate: rate ?? settings.standardRate, quietHours: hours.quiet, sendHours: hours.send,
      place: item.spot.place)
  }

  private var words: String { types.map { $0.word }.joined(separator: ", ") }
}
