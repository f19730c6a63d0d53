/// A day that people keep, by its name.
package struct Festival: Hashable, Sendable {
  /// The name as lists and messages write it: `Mid-Autumn Festival`.
  package let name: String
  /// The name in Chinese, where it has one.
  package let chinese: String?
  package let day: FestivalDay
  /// Other names that people look for, in any spelling.
  let aliases: [String]

  package init(
    _ name: String, chinese: String? = nil, on day: FestivalDay, aliases: [String] = []
  ) {
    self.name = name
    self.chinese = chinese
    self.day = day
    self.aliases = aliases
  }

  /// Every name that it is found by.
  var names: [String] { [name] + (chinese.map { [$0] } ?? []) + aliases }
}

/// Why a name means no festival, for the person who wrote it.
package enum FestivalProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// No festival has the name; the nearest name, where one is near.
  case unknown(String, nearest: String?)
  /// The name means either of several.
  case ambiguous(String, meanings: [String])
  /// A configuration gives a name that another festival has.
  case taken(String, by: String)
  /// A configuration gives a name with no letter or digit in it.
  case blank(String)

  /// What happened and what to do.
  package var description: String {
    switch self {
    case .unknown(let name, let nearest?):
      "there is no festival `\(name)`; did you mean `\(nearest)`?"
    case .unknown(let name, nil):
      "there is no festival `\(name)`; define it as a day such as `12-25`, `lunar 05-13` or `second Sunday of May`"
    case .ambiguous(let name, let meanings):
      "`\(name)` can mean several festivals; write \(meanings.map { "`\($0)`" }.joined(separator: " or "))"
    case .taken(let name, let other):
      "the name `\(name)` already means \(other); choose another name"
    case .blank(let name): "a festival's name needs a letter or digit, got `\(name)`"
    }
  }
}

/// The festivals that a configuration can name: those that everybody knows, and its own.
package struct Festivals: Sendable {
  /// In the order of the calendar, then those of the configuration.
  package private(set) var all: [Festival] = []
  /// The place in `all` of each spelling, see `key`.
  private var places: [ExactText: Int] = [:]

  /// The festivals that Kindly knows by itself.
  package static let standard: Festivals = {
    var festivals = Festivals()
    for festival in Festival.known { festivals.insert(festival) }
    return festivals
  }()

  /// Adds a festival that a configuration defines, or tells why its name cannot be used.
  package mutating func add(_ festival: Festival) throws(FestivalProblem) {
    for name in festival.names {
      let key = Festivals.key(name)
      if key.string.isEmpty { throw .blank(name) }
      if let place = places[key] { throw .taken(name, by: all[place].name) }
      if let meanings = Festival.ambiguous[key] { throw .ambiguous(name, meanings: meanings) }
    }
    insert(festival)
  }

  /// The festival that a name means.
  ///
  /// Case, blanks, hyphens, full stops and apostrophes do not matter: `mid autumn`, `Valentines Day`.
  package func named(_ name: String) throws(FestivalProblem) -> Festival {
    let key = Festivals.key(name)
    if let place = places[key] { return all[place] }
    if let meanings = Festival.ambiguous[key] { throw .ambiguous(name, meanings: meanings) }
    throw .unknown(name, nearest: nearest(to: key))
  }

  private mutating func insert(_ festival: Festival) {
    for name in festival.names { places[Festivals.key(name)] = all.count }
    all.append(festival)
  }

  /// The proper name of the festival with the nearest spelling, in the script of that spelling.
  private func nearest(to key: ExactText) -> String? {
    guard let near = Suggestion.nearest(to: key.string, among: places.keys),
      let place = places[near]
    else { return nil }
    let isChinese = near.unicodeScalars.contains { !$0.isASCII }
    return isChinese ? all[place].chinese ?? all[place].name : all[place].name
  }

  /// The name without what does not matter.
  static func key(_ name: String) -> ExactText {
    var kept = String.UnicodeScalarView()
    for scalar in name.unicodeScalars where !scalar.isSpace && !scalar.isUnseen {
      switch scalar {
      case "-", "‐", "‑", "–", "—", "_", "'", "’", "‘", "ʼ", "＇", ".", "·": continue
      default: kept.append(scalar)
      }
    }
    return String(kept).folded
  }
}
