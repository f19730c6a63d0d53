package import KindlyConfig
package import KindlyCore
import KindlySources

/// The settings of a channel of type `table`: a table of an application's own database, one row for each message.
package struct TableSettings: ChannelType {
  package static let word = "table"

  private struct Column: Hashable, Sendable {
    let name: String
    let value: HTTPTemplates.Template
  }

  private let target: TableTarget
  private let columns: [Column]
  private let password: SecretReference?
  private let address: AddressKind
  private let rings: Bool

  /// A connection each; the application's database has other work to do.
  private static let mostConnections = 16

  package init?(_ fields: inout Fields) {
    let url = fields.requiredText("url", "`postgresql://kindly@db.example.com/app`")
    let place = url.flatMap(TableSettings.place)
    let table = fields.requiredText("table", "the table's name")
    let id = fields.requiredText("id", "the unique column for the reminder's id")
    password = fields.secret("password")
    var columns: [Column] = []
    for (name, text) in fields.textMap("columns") ?? [] {
      do throws(HTTPTemplates.Unreadable) {
        columns.append(
          Column(
            name: name,
            value: try HTTPTemplates.Template(text.string, at: .plain, secrets: [])))
      } catch {
        text.refuse("expected `\(name)` in `columns` to have tags that can be filled, but \(error)")
      }
    }
    let names = columns.map(\.name) + [id?.string ?? ""]
    if Set(names.map { $0.lowercased() }).count < names.count, let id {
      id.refuse("expected each column once; `id` names the column of the reminder's id")
    }
    address = fields.value("address", Notation.addressKindWords, Notation.addressKind) ?? .key
    rings = fields.value("rings", "yes or no", Notation.flag) ?? false
    guard let place, let table, let id else { return nil }
    target = TableTarget(
      place: place, table: table.string, id: id.string, columns: columns.map(\.name))
    self.columns = columns
  }

  private static func place(_ text: Text) -> TableTarget.Place? {
    do throws(TypedURLProblem) {
      let url = try TypedSourceURL(text.string)
      if url.password != nil {
        text.refuse(
          "expected `url` to have no password in it; write `password: { credential: NAME }`")
        return nil
      }
      switch url.kind {
      case .sqlite(let path): return .sqlite(path: path)
      case .postgres(let address): return .postgres(address)
      case .mariadb(let address): return .mariadb(address)
      case .csv, .odbc:
        text.refuse("expected `url` of a table to begin with sqlite, postgresql or mysql")
        return nil
      }
    } catch {
      text.refuse(error.description)
      return nil
    }
  }
}

extension TableSettings {
  package var traits: ChannelTraits {
    ChannelTraits(rings: rings, afterUnknown: .tryAgain, address: address)
  }

  package var secrets: [SecretReference] { [password].compactMap(\.self) }
  package var standardConcurrency: Int { 2 }
  package var mostConcurrency: Int { TableSettings.mostConnections }
  package var deadline: Duration { .seconds(30) }

  package func findings(environment: [String: String]) -> ChannelFindings {
    do {
      let writer = try target.connect(
        password: try password.map { try $0.resolve(environment: environment) })
      let review = try writer.review()
      return ChannelFindings(faults: review.faults, warnings: review.excesses)
    } catch let fault as TableFault {
      return ChannelFindings(faults: [fault.text])
    } catch {
      // The password cannot be read here; the check of secrets says so.
      return ChannelFindings(faults: [])
    }
  }

  package func preview(
    of delivery: Delivery, on channel: String
  ) throws(UnfitDelivery) -> HandOverPreview? {
    let address = try traits.address.checked(delivery.recipient.address)
    let row = row(of: delivery, to: address, on: channel)
    return HandOverPreview(
      ["Row of \(target.table):"]
        + zip([target.id] + target.columns, row).map { "  \($0): \($1 ?? "NULL")" })
  }

  package func channel(in surroundings: ChannelSurroundings) throws -> any Channel {
    let settings = self
    return TableChannel(
      name: surroundings.name, traits: traits, target: target,
      password: try password.map { try surroundings.reveal($0) },
      connections: surroundings.concurrency
    ) { delivery, address in
      settings.row(of: delivery, to: address, on: surroundings.name)
    }
  }

  /// The values of a row; an empty one is NULL.
  private func row(of delivery: Delivery, to address: String, on channel: String) -> [String?] {
    let letter = HTTPLetter(delivery, to: address, on: channel)
    return [delivery.publicID]
      + columns.map { column in
        let text = column.value.text(letter, [:])
        return text.isEmpty ? nil : text
      }
  }
}
