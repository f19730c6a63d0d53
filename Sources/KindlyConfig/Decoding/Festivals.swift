import KindlyCore

/// Decodes `festivals:`, the days that a company keeps beside those that everybody knows.
struct FestivalDecoder {
  let findings: Findings

  func festivals(_ item: Item?) -> Festivals {
    var festivals = Festivals.standard
    guard let item else { return festivals }
    guard case .map(let entries) = item.kind else {
      findings.error(
        "expected `festivals` to be a map of names to days such as 12-25, lunar 05-13 or second Sunday of May, got \(item.shape)",
        at: item.spot)
      return festivals
    }
    for entry in entries {
      guard let day = day(entry.value) else { continue }
      do throws(FestivalProblem) {
        try festivals.add(Festival(entry.name, on: day))
      } catch {
        findings.error("festival: \(error)", at: entry.key.spot)
      }
    }
    return festivals
  }

  private func day(_ item: Item) -> FestivalDay? {
    guard case .text(let text, _) = item.kind else {
      findings.error(
        "expected a day such as 12-25, lunar 05-13 or second Sunday of May, got \(item.shape)",
        at: item.spot)
      return nil
    }
    do throws(FestivalDayProblem) {
      return try FestivalDay.parse(text)
    } catch {
      findings.error("\(error)", at: item.spot)
      return nil
    }
  }
}
