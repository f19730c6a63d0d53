package import KindlyCore
import KindlyDaemon

/// Why a row's customer cannot be reached over a channel; if there are several reasons, the first in this order is
/// reported.
package enum Obstacle: String, CaseIterable {
  /// The row names no customer, or one that the directory does not have.
  case noCustomer = "no customer"
  case noAddress = "no address"
  /// The channel refuses the address for what it is.
  case malformed
  /// The address was refused for good before, and nothing is sent to it any more.
  case suppressed
  /// The date column is NULL or empty.
  case noDate = "no date"
  /// The date column holds what was probably meant as a date and is none.
  case unusableDate = "unusable date"

  /// Those that keep a channel from a customer whatever a rule says.
  package static let ofAddresses: [Obstacle] = [.noAddress, .malformed, .suppressed]

  package init(_ unusable: Anchor.Unusable) {
    switch unusable {
    case .null, .empty: self = .noDate
    case .zero, .epoch, .placeholder, .undecided, .number, .unreadable, .unlikely, .shortYear,
      .yearless, .noPeriod:
      self = .unusableDate
    }
  }
}

/// A row that a rule applies to, with all that decides whether its customer can be reached.
struct ReachableRow {
  let row: RowAnswer
  /// Nil where the directory does not have them.
  let customer: Person?
  /// Those of the customers' addresses that are suppressed.
  let suppressed: Set<ExactText>

  /// What stands in the way over a channel that needs addresses of a kind, or nil where nothing does.
  func obstacle(
    over kind: AddressKind, schedule: Schedule?, dates: DateKinds
  ) -> Obstacle? {
    guard let customer else { return .noCustomer }
    if let obstacle = customer.obstacle(over: kind, suppressed: suppressed) { return obstacle }
    return schedule.flatMap { unusableColumn(of: $0, dates) }.map { Obstacle($0.reason) }
  }

  /// The column without which a schedule gives no moment; nil where the row has all that it reads.
  func unusableColumn(of schedule: Schedule, _ dates: DateKinds) -> UnusableColumn? {
    guard schedule.column != nil else { return nil }
    do throws(UnusableColumn) {
      _ = try schedule.of(row.values, as: dates)
      return nil
    } catch {
      return error
    }
  }
}

extension Person {
  /// What stands in the way over a channel that needs addresses of a kind, or nil where nothing does.
  func obstacle(over kind: AddressKind, suppressed: Set<ExactText>) -> Obstacle? {
    guard let text = address(of: kind) else { return .noAddress }
    do throws(UnfitDelivery) {
      _ = try kind.checked(text)
    } catch {
      return .malformed
    }
    return spellings(of: kind).contains { suppressed.contains($0) } ? .suppressed : nil
  }
}
