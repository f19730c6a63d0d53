package import KindlyConfig
package import KindlyCore

/// How many of all customers each channel reaches, whatever the rules say.
package struct CustomerCount {
  package let channels: [ChannelSettings]
  /// Customers for whom the directory's `if` holds.
  package private(set) var customers = 0
  /// Rows of the directory without a key of their own, which nobody sees.
  package var refused = 0
  /// What the column of phone numbers holds; nil without such a column.
  package private(set) var phones: PhoneCount?
  /// Rows on which the directory's `if` fails, which do not count; only some of them if there are very many.
  package private(set) var faults: [RowKey: SourceProblem] = [:]
  private var obstacles: [ExactText: [Obstacle: Int]] = [:]

  /// A column of phone numbers, as far as people may want to correct it.
  package struct PhoneCount {
    /// With its watch: `customers.mobile`.
    package let column: String
    /// Fields with several numbers, of which the first valid one is used.
    package fileprivate(set) var several = Sample()
    /// Fields that are not empty and hold no valid number.
    package fileprivate(set) var invalid = Sample()
  }

  /// A number of customers, with the keys of the first ones.
  package struct Sample {
    package private(set) var count = 0
    package private(set) var first: [RowKey] = []

    /// Enough to look up what the others may look like.
    private static let mostNamed = 3

    mutating func add(_ customer: RowKey) {
      count += 1
      if first.count < Sample.mostNamed { first.append(customer) }
    }
  }

  init(_ channels: [ChannelSettings], phoneColumn: String?) {
    self.channels = channels
    phones = phoneColumn.map { PhoneCount(column: $0) }
  }

  /// Counts a customer with the obstacle on each channel; without an obstacle a channel reaches them.
  mutating func add(_ customer: Person, _ found: [ExactText: Obstacle]) {
    customers += 1
    for (channel, obstacle) in found { obstacles[channel, default: [:]][obstacle, default: 0] += 1 }
    guard let written = customer.written(of: .phone) else { return }
    if let number = PhoneNumber(written, in: customer.country) {
      if number.isOneOfSeveral { phones?.several.add(customer.key) }
    } else {
      phones?.invalid.add(customer.key)
    }
  }

  /// Notes a row that the directory's `if` fails on.
  mutating func note(_ fault: SourceProblem, on customer: RowKey) {
    if faults.count < CoverageCount.mostFaults { faults[customer] = fault }
  }

  /// What one channel reaches.
  package struct Line {
    package let channel: ChannelSettings
    package let all: Int
    /// Each of `Obstacle.ofAddresses` that somebody has.
    package let obstacles: [Obstacle: Int]

    package var unreached: Int { obstacles.values.reduce(0, +) }
    package var reached: Int { all - unreached }
  }

  package var lines: [Line] {
    channels.map { channel in
      Line(channel: channel, all: customers, obstacles: obstacles[channel.name] ?? [:])
    }
  }
}

/// A customer whom a channel does not reach, by ids alone.
package struct UnreachedCustomer {
  package let channel: String
  package let customer: RowKey
  package let obstacle: Obstacle
  /// The column to fix, with its watch.
  package let column: String
}
