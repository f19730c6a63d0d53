import KindlyCore
import Mustache

/// A letter with the layout and the partials that go with its language: everything that rendering needs.
struct LinkedLetter: Sendable {
  let file: CompiledFile
  let layout: CompiledText?
  let partials: MustacheLibrary
  /// The numbers of all expressions that may be asked for.
  let slots: [Int]
  /// The slots that may be read for a row of a digest.
  let slotsInRows: Set<Int>
  /// The slots that may be read for the digest as a whole.
  let slotsOutsideRows: Set<Int>
  let images: [InlineImage]
  /// The hash of every file that takes part, kept as evidence of what was sent.
  let hash: String
}

/// Puts letters together with their layout and partials, once, when the folder is loaded.
///
/// Layout and partials follow the *letter's* language, so that no mail is in two languages.
struct Linker {
  /// The files by name and language.
  private let families: [ExactText: [ExactText: CompiledFile]]
  private let table: TagTable
  private(set) var findings: [TemplateFinding] = []

  init(_ files: [CompiledFile], table: TagTable) {
    var families: [ExactText: [ExactText: CompiledFile]] = [:]
    for file in files {
      if let other = families[file.name.base]?[file.name.tag] {
        let text = "the same letter and language as \(other.path); keep one of them"
        findings.append(.error(text, at: file.place))
      }
      families[file.name.base, default: [:]][file.name.tag] = file
    }
    self.families = families
    self.table = table
  }

  /// All letters by name and language.
  mutating func link() -> [ExactText: [ExactText: LinkedLetter]] {
    checkLayouts()
    var letters: [ExactText: [ExactText: LinkedLetter]] = [:]
    for (base, variants) in families.sorted(by: { $0.key < $1.key }) {
      for (tag, file) in variants.sorted(by: { $0.key < $1.key }) where file.name.role == .letter {
        letters[base, default: [:]][tag] = link(file)
      }
    }
    return letters
  }

  private mutating func checkLayouts() {
    for layout in (families["layout"] ?? [:]).values where !holdsContent(layout.body) {
      findings.append(
        .error("a layout holds {{{content}}} where the letter goes; got none", at: layout.place))
    }
  }

  private func holdsContent(_ layout: CompiledText) -> Bool {
    layout.slots.contains { table.slots[$0].expression.operand == .content }
  }

  private mutating func link(_ file: CompiledFile) -> LinkedLetter? {
    var taking = [file]
    if let layouts = families["layout"] {
      guard let layout = Linker.variant(of: layouts, for: file.language) else {
        findings.append(.error(missing("layout", for: file), at: file.place))
        return nil
      }
      taking.append(layout)
    }
    let layout = taking.count > 1 ? taking[1] : nil
    var partials: [Int: CompiledFile] = [:]
    var slots = SlotPlaces()
    for start in taking {
      guard collect(start, of: file, path: [], isInRows: false, into: &partials, &slots) else {
        return nil
      }
    }
    taking += partials.sorted { $0.key < $1.key }.map(\.value)
    let templates = partials.map { (String($0.key), $0.value.body.template) }
    return LinkedLetter(
      file: file, layout: layout?.body,
      partials: MustacheLibrary(templates: Dictionary(uniqueKeysWithValues: templates)),
      slots: taking.flatMap(\.slots), slotsInRows: slots.inRows, slotsOutsideRows: slots.outside,
      images: Linker.images(of: taking),
      hash: Linker.hash(of: taking))
  }

  /// Adds the partials of a file, and theirs; false where one is missing or holds itself.
  private mutating func collect(
    _ file: CompiledFile, of letter: CompiledFile, path: [String], isInRows: Bool,
    into partials: inout [Int: CompiledFile], _ slots: inout SlotPlaces
  ) -> Bool {
    slots.add(file.slots, table, isInRows: isInRows)
    for use in file.body.partials {
      guard let variants = families[use.name] else {
        let known = families.keys.map(\.string).filter { $0.hasPrefix("partials/") }
        let meant = Suggestion.nearest(to: use.name, among: known)
        add(.error("no partial `\(use.name)` in the templates folder\(hint(meant))", at: use.place))
        return false
      }
      guard let partial = Linker.variant(of: variants, for: letter.language) else {
        add(.error(missing(use.name, for: letter), at: use.place))
        return false
      }
      if path.contains(use.name) {
        let circle = (path + [use.name]).joined(separator: " → ")
        add(.error("a partial cannot include itself: \(circle)", at: use.place))
        return false
      }
      partials[use.number] = partial
      let isInRows = isInRows || use.isInRows
      let isKnown = !slots.visited.insert(SlotPlaces.Visit(use.number, isInRows)).inserted
      if !isKnown,
        !collect(
          partial, of: letter, path: path + [use.name], isInRows: isInRows, into: &partials, &slots)
      {
        return false
      }
    }
    return true
  }

  /// Letters in several languages run into the same problem; it is told once.
  private mutating func add(_ finding: TemplateFinding) {
    if !findings.contains(finding) { findings.append(finding) }
  }

  private func missing(_ name: String, for letter: CompiledFile) -> String {
    let language = letter.language
    let untagged =
      language.isEmpty ? " without a language (or say `language:` in its head)" : " in \(language)"
    return "no `\(name)` for a letter\(untagged); add \(name).html, which serves all languages"
  }

  /// The variant for a letter's language; the untagged one serves every language.
  private static func variant(
    of variants: [ExactText: CompiledFile], for language: String
  ) -> CompiledFile? {
    let chain = LanguageTag(language)?.fallbacks ?? []
    return chain.lazy.compactMap { variants[$0] }.first ?? variants[""]
  }

  private static func images(of files: [CompiledFile]) -> [InlineImage] {
    var known: Set<ExactText> = []
    return files.flatMap(\.images).filter { known.insert($0.contentID) }
  }

  private static func hash(of files: [CompiledFile]) -> String {
    var bytes: [UInt8] = []
    for file in files.sorted(by: { $0.path.exactlyPrecedes($1.path) }) {
      bytes += Array("\(file.path)\0\(file.bytes.count)\0".utf8) + file.bytes
    }
    // An image is named by its content, so its name stands for its bytes.
    for image in images(of: files) { bytes += Array((image.contentID + "\0").utf8) }
    for file in files.flatMap(\.attachments).compactMap(\.file) {
      bytes += Array("\(file.path)\0\(file.digest)\0".utf8)
    }
    return Digest.short(of: bytes, length: 32)
  }
}

/// Where a letter uses its expressions: for each row of a digest, for the digest as a whole, or both.
private struct SlotPlaces {
  struct Visit: Hashable {
    let partial: Int
    let isInRows: Bool

    init(_ partial: Int, _ isInRows: Bool) {
      self.partial = partial
      self.isInRows = isInRows
    }
  }

  var inRows: Set<Int> = []
  var outside: Set<Int> = []
  /// The partials that were visited, inside and outside of the rows.
  var visited: Set<Visit> = []

  mutating func add(_ slots: [Int], _ table: TagTable, isInRows: Bool) {
    for number in slots {
      if isInRows || table.slots[number].isInRows {
        inRows.insert(number)
      } else {
        outside.insert(number)
      }
    }
  }
}
