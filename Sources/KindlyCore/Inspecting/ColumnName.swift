/// A column's or table's name cut into its words: `trialEndsOn` and `TRIAL_ENDS_ON` are `_trial_ends_on_`.
struct ColumnName {
  /// The words in lower case and without accents, with an underscore before, between and behind them.
  let text: String

  init(_ name: String) {
    var text = "_"
    var previous: Character = "_"
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
      // A number tells the second of two alike: phone2 and email_1 are a telephone number and an address.
      guard letter.isLetter else {
        if previous != "_" { text += "_" }
        previous = "_"
        continue
      }
      let startsWord = letter.isUppercase && previous.isLowercase
      let endsCapitals =
        letter.isUppercase && previous.isUppercase && index + 1 < letters.count
        && letters[index + 1].isLowercase
      if startsWord || endsCapitals { text += "_" }
      text += ColumnName.plain(letter)
      previous = letter
    }
    self.text = text.hasSuffix("_") ? text : text + "_"
  }

  /// How well a phrase fits the name: 3 if it is the whole name, 2 if the name ends with it, 1 if it occurs elsewhere.
  ///
  /// A single word in the middle may belong to any of its neighbours, as in `updated_by`. Chinese is written without
  /// gaps, so Chinese phrases are searched for anywhere in the name.
  func fit(_ phrase: String) -> Int {
    let framed = "_\(phrase)_"
    if text == framed { return 3 }
    if text.hasSuffix(framed) { return 2 }
    if phrase.unicodeScalars.contains(where: { $0.properties.isIdeographic }) {
      return text.hasSuffix(phrase + "_") ? 2 : text.contains(phrase) ? 1 : 0
    }
    return phrase.contains("_") && text.contains(framed) ? 1 : 0
  }

  private static func plain(_ letter: Character) -> String {
    let lower = String(letter).lowercased()
    return letters[lower] ?? lower
  }

  private static let letters = [
    "ä": "a", "ö": "o", "ü": "u", "ß": "ss", "é": "e", "è": "e", "ê": "e", "ë": "e", "à": "a",
    "â": "a", "ç": "c", "î": "i", "ï": "i", "ô": "o", "û": "u", "ù": "u",
  ]
}
