/// The parts of an engine's grammar that determine where a placeholder can occur.
///
/// All engines have texts in single quotes, names in double quotes, and both kinds of comment. A doubled quote is read
/// as two adjacent texts, which gives the same result.
struct SQLGrammar: Sendable {
  /// Names as `` `name` ``, and as `[name]`.
  var hasBackquotes = false
  var hasBrackets = false
  /// `E'…'`, in which a backslash escapes a quote.
  var hasEscapeStrings = false
  /// `$$…$$` and `$word$…$word$`, in which nothing is special.
  var hasDollarQuotes = false
  /// `tags[1:2]`: the name of a placeholder cannot begin with a digit.
  ///
  /// In other grammars it can. Such a placeholder never has a value, so it is refused, whereas SQLite would read it as
  /// NULL.
  var hasSlices = false
  var hasHashComments = false
  /// Two minus signs begin a comment only before a space or the like.
  var wantsBlankAfterDashes = false
  var nestsComments = false
}
