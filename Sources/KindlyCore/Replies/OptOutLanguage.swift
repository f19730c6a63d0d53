/// A language in which a reply of one word can end marketing.
package enum OptOutLanguage: String, Hashable, Sendable, CaseIterable {
  case english = "en"
  case german = "de"
  case french = "fr"
  case spanish = "es"
  case chinese = "zh"
  case japanese = "ja"
}
