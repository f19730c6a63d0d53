import Foundation

/// Prints results as they come, so that a run that is broken off has told what it knew.
struct ResultTable {
  private static let widths = [62, 26, 10, 16, 14, 16]

  func printHead() {
    line(["what", "measured", "CPU each", "target", "verdict", "fdatasync/s"])
    line(ResultTable.widths.map { String(repeating: "-", count: $0) })
  }

  func print(_ measurement: Measurement, disk: DiskBaseline.Pair) {
    var verdict = measurement.verdict
    if verdict == .short, let least = measurement.leastDisk, disk.slower < least {
      verdict = .slowDisk
    }
    line([
      measurement.what, measurement.measured, measurement.cpu, measurement.target,
      verdict.rawValue, disk.text,
    ])
  }

  private func line(_ cells: [String]) {
    let padded = zip(cells, ResultTable.widths).map { cell, width in
      cell.count >= width ? cell : cell + String(repeating: " ", count: width - cell.count)
    }
    say(padded.joined(separator: "  "))
  }
}

/// Writes a line at once, so that it is seen when it is known, into a pipe too.
func say(_ line: String) {
  FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// Numbers as people read them.
enum Figures {
  /// A whole number with a comma between thousands.
  static func grouped(_ number: Double) -> String {
    var digits = String(Int(number.rounded()).magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }

  static func decimal(_ number: Double, _ digits: Int) -> String {
    let scale = pow(10, Double(digits))
    let scaled = (number * scale).rounded()
    let whole = grouped((scaled / scale).rounded(.down))
    guard digits > 0 else { return whole }
    let fraction = String(Int(scaled.truncatingRemainder(dividingBy: scale)))
    return whole + "." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}

/// The quantiles of a sample.
struct Quantiles {
  private let sorted: [Double]

  init(_ sample: [Double]) {
    sorted = sample.sorted()
  }

  /// The value below which `part` of the sample lies; 0 of an empty one.
  func at(_ part: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
  }
}

extension Duration {
  /// In seconds, with their fraction.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
