package import KindlyCore

/// Why one letter could not be rendered for one customer.
///
/// A person can fix each of them, so the reminder waits as `template error`. No case holds a value of the
/// customer's row.
package enum TemplateProblem: Error, Hashable, Sendable {
  case unknownTemplate(name: String, suggestion: String?)
  case unknownColumn(path: String, suggestion: String?, at: TemplatePlace)
  /// `old` was asked for where the rule's occasion has no old values.
  case noOldValues(path: String, at: TemplatePlace)
  /// A tag of a single row stands outside of the rows of a digest.
  case outsideRows(path: String, at: TemplatePlace)
  /// A letter about one row uses the rows of a digest.
  case noRows(path: String, at: TemplatePlace)
  case notADate(path: String, helper: String, why: Anchor.Unusable, at: TemplatePlace)
  case notANumber(path: String, helper: String, at: TemplatePlace)
  case emptySubject(TemplatePlace)
  /// A mailbox of the head is none for this row.
  case invalidMailbox(key: String, why: String, at: TemplatePlace)
  /// Neither HTML nor any text is left for this row.
  case emptyLetter(TemplatePlace)
  case tooLarge(bytes: Int, limit: Int, at: TemplatePlace)
  /// The row names no file to attach, and the letter requires one.
  case noFile(column: String, at: TemplatePlace)
  /// The row names something that cannot be attached.
  case unusableFile(column: String, folder: String, why: String, at: TemplatePlace)
  case attachmentsTooLarge(bytes: Int, at: TemplatePlace)
  /// The files that the row names were not read in time.
  case slowFiles(Duration)
}

extension TemplateProblem: CustomStringConvertible {
  /// What happened, where, and what to do; the caller adds what happens next.
  package var description: String {
    switch self {
    case .unknownTemplate(let name, let suggestion):
      "no template `\(name)` in the templates folder\(hint(suggestion))"
    case .unknownColumn(let path, let suggestion, let place):
      "\(place): the row has no `\(path)`\(hint(suggestion))"
    case .noOldValues(let path, let place):
      "\(place): `\(path)` needs the values before an update, but this reminder does not come from an update; "
        + "put it between {{#old}} and {{/old}}"
    case .outsideRows(let path, let place): "\(place): \(TemplateProblem.outsideRows(path))"
    case .noRows(let path, let place): "\(place): \(TemplateProblem.noRows(path))"
    case .notADate(let path, let helper, let why, let place):
      "\(place): expected `\(path)` to hold a date for \(helper)(), got \(why.rawValue); "
        + (why.advice(for: TemplateProblem.column(of: path))
          ?? "correct the row, or put the line between {{#\(path)}} and {{/\(path)}} where it may be missing")
    case .notANumber(let path, let helper, let place):
      "\(place): expected `\(path)` to hold a number for \(helper)(), got something else; correct the row"
    case .emptySubject(let place):
      "\(place): the subject is empty for this row; give `subject:` some text of its own"
    case .invalidMailbox(let key, let why, let place):
      "\(place): expected `\(key)` to be a mailbox such as Anna <anna@example.com> for this row: \(why); correct the row that it comes from"
    case .emptyLetter(let place):
      "\(place): the letter is empty for this row; give it some text outside its sections"
    case .tooLarge(let bytes, let limit, let place):
      "\(place): the letter is \(bytes) bytes long, and the limit is \(limit); shorten it, or link to large content"
    case .noFile(let column, let place):
      "\(place): expected `this.\(column)` to name a file to attach, got nothing; correct the row, or write "
        + "`required: no` if the letter may go without"
    case .unusableFile(let column, let folder, let why, let place):
      "\(place): expected `this.\(column)` to name a file below \(folder), got \(why); correct the row or the file"
    case .attachmentsTooLarge(let bytes, let place):
      "\(place): the attached files have \(AttachedFile.size(bytes)) together, and the limit is "
        + "\(AttachedFile.size(AttachedFile.largestTogether)); attach smaller ones, or link to them"
    case .slowFiles(let limit):
      "the files to attach could not be read within \(limit.components.seconds) seconds; check the disk or file server of the folder"
    }
  }
}

extension TemplateProblem {
  static func outsideRows(_ path: String) -> String {
    "`\(path)` belongs to one row, and a digest has several; write it between {{#rows}} and {{/rows}}"
  }

  static func noRows(_ path: String) -> String {
    "`\(path)` exists only in letters of rules with `digest:`"
  }

  /// `visit` of `this.visit`.
  private static func column(of path: String) -> String {
    path.firstIndex(of: ".").map { String(path[path.index(after: $0)...]) } ?? path
  }
}

/// `; did you mean …?`, or nothing.
func hint(_ suggestion: String?) -> String {
  suggestion.map { "; did you mean `\($0)`?" } ?? ""
}
