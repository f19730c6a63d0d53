/// What of an engine's grammar decides where a placeholder is one.
///
/// Texts in single quotes, names in double ones and comments of both kinds are everywhere. A doubled quote is two texts to
/// us, which comes to the same.
struct SQLGrammar: Sendable {
  /// Names as `` `name` ``, and as `[name]`.
  var hasBackquotes = false
  var hasBrackets = false
  /// `E'…'`, in which a backslash escapes a quote.
  var hasEscapeStrings = false
  /// `$$…$$` and `$word$…$word$`, in which nothing is special.
  var hasDollarQuotes = false
  /// `tags[1:2]`, so that a digit begins no name of a placeholder.
  ///
  /// Elsewhere it begins one, which nothing is ever given for: it is refused, where SQLite would read it as NULL.
  var hasSlices = false
  var hasHashComments = false
  /// Two minus signs begin a comment only before a space or the like.
  var wantsBlankAfterDashes = false
  var nestsComments = false
}
