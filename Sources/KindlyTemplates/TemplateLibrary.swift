package import KindlyCore

/// The letters of a templates folder, parsed and put together once; rendering only reads them.
///
/// A value, so any number of threads may render from it, and a reload swaps it whole.
package struct TemplateLibrary: Sendable {
  /// Letters by name, then by language; the key of an untagged file is empty.
  let letters: [ExactText: [ExactText: LinkedLetter]]
  let table: TagTable
  let folder: String
  /// The contents of every file, hashed, by path; comparable within one process.
  private let hashes: [ExactText: Int]
  /// The company's language; nil where nobody says.
  let companyLanguage: LanguageTag?

  /// A mail of this size takes a phone seconds, and Gmail cuts a longer one off at 102 KB anyway.
  package static let bodyLimit = 200 * 1024

  /// Loads every letter of a folder, with layout, partials, images and attached files.
  ///
  /// - Parameters:
  ///   - language: the company's, in which letters are written that do not say theirs.
  ///   - folders: those below which rows may name files to attach.
  package init(
    folder: String, language: LanguageTag? = nil, folders: [AttachmentFolder] = []
  ) throws(TemplateProblems) {
    try self.init(TemplateFiles(folder: folder), language: language, folders: folders)
  }

  /// Loads the letters of a folder that has been read, beside those that come with Kindly; every problem is reported at
  /// once.
  package init(
    _ files: TemplateFiles, language: LanguageTag? = nil, folders: [AttachmentFolder] = []
  ) throws(TemplateProblems) {
    companyLanguage = language
    var findings = files.findings
    var table = TagTable()
    let builtIn = BuiltInLetters.compiled(into: &table)
    var attached = AttachedFiles()
    var compiled: [CompiledFile] = []
    for path in files.templates {
      if let file = FileCompiler.compile(
        path, of: files, folders: folders, companyLanguage: language?.text, table: &table,
        attached: &attached, findings: &findings)
      {
        compiled.append(file)
      }
    }
    // A file that could not be read would be reported as missing by others, and one mistake would appear twice.
    guard findings.isEmpty else { throw TemplateProblems(findings) }
    var linker = Linker(compiled, table: table)
    let own = linker.link()
    guard linker.findings.isEmpty else { throw TemplateProblems(linker.findings) }
    var others = Linker(builtIn, table: table)
    letters = others.link().merging(own) { _, own in own }
    self.table = table
    folder = files.folder
    hashes = files.contents.mapValues(\.hashValue).merging(
      attached.byPath.mapValues(\.digest.hashValue)
    ) { contents, _ in contents }
  }

  /// The names that rules may use, sorted.
  package var names: [String] { letters.keys.sorted().map(\.string) }

  /// The languages that a letter has a file for, sorted; an untagged file's is empty.
  package func languages(of name: String) -> [String] {
    letters[name]?.keys.sorted().map(\.string) ?? []
  }

  /// The files of letters, layouts, partials, images and attached files that differ from those of an earlier library, or that only one of the two has;
  /// paths below the folder, sorted.
  package func files(changedSince earlier: TemplateLibrary) -> [String] {
    Set(hashes.keys).union(earlier.hashes.keys).filter { hashes[$0] != earlier.hashes[$0] }
      .sorted().map(\.string)
  }

  /// The letter of that name for a reader of a language; one without a language reads the company's.
  func letter(_ name: String, for language: String) throws(TemplateProblem) -> LinkedLetter {
    guard let variants = letters[name] else {
      throw .unknownTemplate(name: name, suggestion: Suggestion.nearest(to: name, among: names))
    }
    for tag in (LanguageTag(language) ?? companyLanguage)?.fallbacks ?? [] {
      if let letter = variants[tag] { return letter }
    }
    guard let letter = forAllOthers(variants) else {
      throw .unknownTemplate(name: name, suggestion: nil)
    }
    return letter
  }

  /// The language of the file that a reader of a language gets, as `languages(of:)` lists it; nil if there is no such
  /// letter.
  package func variant(of name: String, for language: String) -> String? {
    // Losing the error is right: only an unknown letter has none.
    guard let chosen = try? letter(name, for: language) else { return nil }
    return letters[name]?.sorted { $0.key < $1.key }
      .first { $0.value.file.place == chosen.file.place }?.key.string
  }

  /// Whether a letter is there in a reader's language.
  package func isWritten(_ name: String, in language: LanguageTag) -> Bool {
    (letters[name] ?? [:]).values.contains { letter in
      let written = letter.file.language
      return language.fallbacks.contains(written.isEmpty ? TemplateLibrary.fallback : written)
    }
  }

  /// The language of a letter where neither its file nor the company says one.
  package static let fallback = "en"

  /// The variant for languages without one of their own: the untagged file, else the one in the company's language, else
  /// the English one, else the first by name.
  func forAllOthers(_ variants: [ExactText: LinkedLetter]) -> LinkedLetter? {
    let company = companyLanguage?.fallbacks.lazy.compactMap { variants[$0] }.first
    return variants[""] ?? company ?? variants[TemplateLibrary.fallback]
      ?? variants.min { $0.key < $1.key }?.value
  }
}
