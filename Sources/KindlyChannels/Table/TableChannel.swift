import KindlyCore
import KindlySources
import KindlyTransport

/// Inserts a row for each message into a table of an application's own database.
///
/// The reminder's id is in a unique column, so a repeat inserts nothing. Nothing but rows is written.
final class TableChannel: Channel {
  let name: String
  let traits: ChannelTraits
  private let columns: [String]
  private let row: @Sendable (Delivery, String) -> [String?]
  private let threads: TransferThreads<TableConnection>

  /// - Parameter row: the values of a row, for a delivery and its address in the channel's form.
  init(
    name: String, traits: ChannelTraits, target: TableTarget, password: Secret?, connections: Int,
    row: @escaping @Sendable (Delivery, String) -> [String?]
  ) {
    self.name = name
    self.traits = traits
    columns = target.columns
    self.row = row
    threads = TransferThreads(connections, name: "table", closing: Closing()) {
      TableConnection(target: target, password: password)
    }
  }

  func recipient(of address: String) throws(UnfitDelivery) -> String {
    try traits.address.checked(address)
  }

  func prepare(_ delivery: Delivery) throws(UnfitDelivery) -> Payload {
    let address = try recipient(of: delivery.recipient.address)
    let row = TableRow(columns: columns, values: row(delivery, address))
    guard row.values.allSatisfy({ $0?.utf8.contains(0) != true }) else {
      throw UnfitDelivery(.message, "a value holds a NUL character, which databases refuse")
    }
    return Payload(
      publicID: delivery.publicID, recipient: address, bytes: try PayloadJSON.bytes(of: row))
  }

  func send(_ payload: Payload, deadline: Duration) async -> Outcome {
    guard let row = TableRow(payload) else {
      return .misconfigured(
        Refusal(
          "the stored payload was made by another channel type: was the channel's type changed?"))
    }
    return switch await threads.carryOut(row, deadline: deadline) {
    case .ended(let outcome): outcome
    case .noneFree:
      .retry(Refusal("no connection was free before the deadline; nothing was inserted"))
    case .closed: .withdrawn(Refusal("the channel is closed; nothing was inserted"))
    }
  }

  func close() async { await threads.close() }
}

/// One connection to the application's database; it is used by one thread only.
final class TableConnection: TransferConnection {
  private let target: TableTarget
  private let password: Secret?
  private var writer: (any TableWriter)?

  init(target: TableTarget, password: Secret?) {
    self.target = target
    self.password = password
  }

  func end() { writer = nil }

  func carryOut(_ row: TableRow, by deadline: Uptime) -> Outcome {
    guard let values = row.values(inOrderOf: target.columns) else {
      return .misconfigured(
        Refusal("the stored row is not of the table's columns: were `columns` changed?"))
    }
    do throws(TableFault) {
      let writer = try connected()
      defer { if !writer.isAlive { self.writer = nil } }
      return switch try writer.insert(values) {
      case .inserted: .sent(evidence: "inserted into \(target.table)")
      case .known: .sent(evidence: "taken before: \(target.table) has the row")
      }
    } catch {
      return outcome(of: error)
    }
  }

  private func connected() throws(TableFault) -> any TableWriter {
    if let writer { return writer }
    let opened = try target.connect(password: password)
    writer = opened
    return opened
  }

  private func outcome(of fault: TableFault) -> Outcome {
    switch fault.kind {
    case .unreachable: .retry(Refusal(fault.text, isChannelWide: true))
    case .lost: .unknown(Refusal(fault.text))
    case .table: .misconfigured(Refusal(fault.text, isChannelWide: true))
    case .row: .misconfigured(Refusal(fault.text))
    }
  }
}
