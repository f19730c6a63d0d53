import KindlyConfig
import KindlyCore
import KindlyDesk

/// What each channel reaches of all customers, as people read it.
struct CustomersPage {
  let count: CustomerCount

  var text: String { ([table.text] + remarks).joined(separator: "\n") }

  /// The page, or why there is none.
  static func text(of result: Result<CustomerCount, SourceProblem>) -> String {
    switch result {
    case .success(let count): CustomersPage(count: count).text
    case .failure(let problem): "customers: \(Failure.text(of: problem))"
    }
  }

  private var table: Table {
    var table = Table(
      [
        .init("channel"), .init("type"), .init("address"), .init("customers", .right),
        .init("reached", .right), .init("unreached", .right),
      ] + Obstacle.ofAddresses.map { .init($0.rawValue, .right) })
    for line in count.lines {
      table.add(
        [
          line.channel.name, line.channel.typeWord, line.channel.address.word, "\(line.all)",
          "\(line.reached)", "\(line.unreached)",
        ] + Obstacle.ofAddresses.map { "\(line.obstacles[$0] ?? 0)" })
    }
    return table
  }

  private var remarks: [String] { phones + failing + refused }

  private var phones: [String] {
    guard let phones = count.phones else { return [] }
    var texts: [String] = []
    let (several, invalid) = (phones.several, phones.invalid)
    if several.count > 0 {
      texts.append(
        "\(counted(several.count, "customer")) \(several.count == 1 ? "has" : "have") several numbers in \(phones.column) "
          + "(\(named(several))); messages go to the first valid number; keep only the number to use in each field"
      )
    }
    if invalid.count > 0 {
      texts.append(
        "\(counted(invalid.count, "customer")) \(invalid.count == 1 ? "has" : "have") no valid number in \(phones.column) "
          + "(\(named(invalid))); correct the field, and for numbers without a country code set `country:` under `customers:`"
      )
    }
    return texts
  }

  /// `customers 4, 9, 17 and 2 more`.
  private func named(_ sample: CustomerCount.Sample) -> String {
    let rest = sample.count - sample.first.count
    let names = sample.first.map(\.description).joined(separator: ", ")
    return "customer\(sample.count == 1 ? "" : "s") \(names)"
      + (rest > 0 ? " and \(rest) more" : "")
  }

  private var failing: [String] {
    let groups = Dictionary(grouping: count.faults) { ExactText($0.value.description) }
    return groups.sorted { $0.key < $1.key }.map { _, faults in
      "customers: \(faults[0].value.sentence(on: faults.map(\.key))); left out"
    }
  }

  private var refused: [String] {
    guard count.refused > 0 else { return [] }
    return [
      "customers: \(counted(count.refused, "row")) not counted, because the key is missing or not unique"
    ]
  }
}

/// What a channel reaches of all customers, for scripts.
struct CustomersView: Encodable {
  let channels: [ChannelView]
  let phones: PhoneView?
  let refused: Int

  struct ChannelView: Encodable {
    let channel: String
    let type: String
    let address: String
    let customers: Int
    let reached: Int
    let unreached: Int
    /// By reason; zero ones included.
    let reasons: [String: Int]
  }

  /// Customers whose field of phone numbers holds several numbers or no valid one, with the first of them.
  struct PhoneView: Encodable {
    let column: String
    let several: Int
    let severalCustomers: [String]
    let invalid: Int
    let invalidCustomers: [String]
  }

  init(_ count: CustomerCount) {
    channels = count.lines.map { line in
      ChannelView(
        channel: line.channel.name, type: line.channel.typeWord,
        address: line.channel.address.word, customers: line.all, reached: line.reached,
        unreached: line.unreached,
        reasons: Dictionary(
          uniqueKeysWithValues: Obstacle.ofAddresses.map {
            ($0.rawValue, line.obstacles[$0] ?? 0)
          }))
    }
    phones = count.phones.map { phones in
      PhoneView(
        column: phones.column, several: phones.several.count,
        severalCustomers: phones.several.first.map(\.description), invalid: phones.invalid.count,
        invalidCustomers: phones.invalid.first.map(\.description))
    }
    refused = count.refused
  }
}
