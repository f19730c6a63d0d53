import KindlyCore

/// The plain-text twin of a letter, for readers and programs that do not show HTML.
///
/// Paragraphs are separated by an empty line, list items begin with a dash or a number, a link becomes `text (url)`, an
/// image its alternative text, and a table one line for each row. It works on bytes for speed, because it runs for
/// every letter.
struct PlainText {
  private let bytes: [UInt8]
  private var lines: [String] = []
  /// The words of the line or paragraph that is being read, white space already collapsed.
  private var words: [UInt8] = []
  private var hasSpace = false
  private var hasNoBreakSpace = false
  /// How deep in quotations an empty line was asked for; nil where none was.
  private var blank: Int?
  private var isPreformatted = false
  private var lists: [List] = []
  private var marker: String?
  private var quotes = 0
  /// The open links: their URL, and the line and position at which their text begins.
  private var links: [(url: String?, line: Int, start: Int)] = []
  private var wantsCellBorder = false
  /// The hidden element being skipped: its name, and how many elements of that name are open inside it.
  private var hidden: (name: String, depth: Int)?

  private struct List {
    /// The next number, or nil where entries have dashes.
    var number: Int?
  }

  static func twin(of html: String) -> String {
    var twin = PlainText(bytes: Array(html.utf8))
    var scanner = HTMLScanner(twin.bytes)
    while let token = scanner.next() { twin.take(token) }
    twin.endLine()
    return twin.lines.isEmpty ? "" : twin.lines.joined(separator: "\n") + "\n"
  }

  private init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func take(_ token: HTMLScanner.Token) {
    if let inside = hidden {
      pass(token, inside)
      return
    }
    switch token {
    case .text(let range): add(HTMLEntities.decoded(bytes[range]))
    case .start(let tag):
      if isHidden(tag) {
        if !PlainText.isVoid(tag.name) { hidden = (tag.name, 0) }
      } else {
        start(tag)
      }
    case .end(let name): end(name)
    }
  }

  private mutating func pass(_ token: HTMLScanner.Token, _ inside: (name: String, depth: Int)) {
    switch token {
    case .text: break
    case .start(let tag):
      if tag.name == inside.name { hidden = (inside.name, inside.depth + 1) }
    case .end(let name):
      guard name == inside.name else { return }
      hidden = inside.depth == 0 ? nil : (inside.name, inside.depth - 1)
    }
  }

  /// Preview lines of mail are hidden by style; they would read as nonsense before the first sentence.
  private func isHidden(_ tag: HTMLTag) -> Bool {
    switch tag.name {
    case "head", "script", "style", "title", "template": return true
    default: break
    }
    // No shorter attribute says so.
    if tag.attributes.count < " hidden".utf8.count { return false }
    if tag.value(of: "hidden", in: bytes) != nil { return true }
    guard let style = tag.value(of: "style", in: bytes) else { return false }
    return PlainText.hides(bytes[style])
  }

  /// Whether a style has `display: none`, in letters and spaces of any kind.
  private static func hides(_ style: ArraySlice<UInt8>) -> Bool {
    let wanted = Array("display:none".utf8)
    var matched = 0
    for byte in style where !byte.isHTMLSpace {
      let letter = byte.lowercasedASCII
      // Only its first letter can begin it anew.
      matched = letter == wanted[matched] ? matched + 1 : letter == wanted[0] ? 1 : 0
      if matched == wanted.count { return true }
    }
    return false
  }

  /// Whether the element has no end tag.
  private static func isVoid(_ name: String) -> Bool {
    switch name {
    case "img", "br", "hr", "input", "meta", "link", "wbr": true
    default: false
    }
  }

  // MARK: Elements

  private mutating func start(_ tag: HTMLTag) {
    switch tag.name {
    case "br": endLine(isHard: true)
    case "hr":
      endBlock()
      append(["----------------------------------------"])
      blank = quotes
    case "p", "section", "article", "header", "footer", "table", "h1", "h2", "h3", "h4", "h5", "h6",
      "dl":
      endBlock()
    case "blockquote":
      endBlock()
      quotes += 1
    case "pre":
      endBlock()
      isPreformatted = true
    case "ul", "ol":
      if lists.isEmpty { endBlock() } else { endLine() }
      lists.append(List(number: tag.name == "ol" ? firstNumber(of: tag) : nil))
    case "li": startEntry()
    case "td", "th": wantsCellBorder = !words.isEmpty
    case "a": links.append((url(of: tag), lines.count, words.count))
    case "img": addImage(tag)
    case "div", "tr", "dt", "dd", "center", "address", "main", "caption", "body": endLine()
    default: break
    }
  }

  private mutating func end(_ name: String) {
    switch name {
    case "p", "section", "article", "header", "footer", "table", "h3", "h4", "h5", "h6", "dl":
      endBlock()
    case "h1": endHeading(line: "=")
    case "h2": endHeading(line: "-")
    case "blockquote":
      endBlock()
      quotes = max(0, quotes - 1)
    case "pre":
      endBlock()
      isPreformatted = false
    case "ul", "ol":
      endLine()
      _ = lists.popLast()
      if lists.isEmpty { blank = quotes }
    case "li":
      endLine()
      marker = nil
    case "a": endLink()
    case "div", "tr", "dt", "dd", "center", "address", "main", "caption": endLine()
    default: break
    }
  }

  private mutating func startEntry() {
    endLine()
    guard !lists.isEmpty else {
      marker = "- "
      return
    }
    let last = lists.count - 1
    if let number = lists[last].number {
      marker = "\(number). "
      lists[last].number = number + 1
    } else {
      marker = "- "
    }
  }

  private func firstNumber(of tag: HTMLTag) -> Int {
    tag.value(of: "start", in: bytes).flatMap { Int(String(decoding: bytes[$0], as: UTF8.self)) }
      ?? 1
  }

  private func url(of tag: HTMLTag) -> String? {
    guard let range = tag.value(of: "href", in: bytes) else { return nil }
    let url = String(decoding: HTMLEntities.decoded(bytes[range]), as: UTF8.self).trimmed
    if let address = PlainText.rest(of: url, after: "mailto:") {
      return String(address.unicodeScalars.prefix { $0 != "?" })
    }
    if let number = PlainText.rest(of: url, after: "tel:") { return number }
    let isWeb = ["http://", "https://"].contains { url.utf8.starts(with: $0.utf8) }
    return isWeb ? url : nil
  }

  /// What follows a prefix, or nil where the text does not begin with it; compared by bytes.
  private static func rest(of text: String, after prefix: String) -> String? {
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
  }

  private mutating func endLink() {
    guard let link = links.popLast(), let url = link.url else { return }
    // A line may have ended inside the link; what is on this line is then all of the text.
    let start = link.line == lines.count ? link.start : 0
    let text = String(decoding: words[start...], as: UTF8.self).trimmed
    if text.isEmpty {
      add(ArraySlice(url.utf8))
    } else if !PlainText.bare(text).elementsEqual(PlainText.bare(url)) {
      add(ArraySlice(" (\(url))".utf8))
    }
  }

  /// A URL as people write it in a sentence, to see whether the text of a link already is its URL.
  private static func bare(_ url: String) -> ArraySlice<UInt8> {
    let bytes = Array(url.utf8)
    let path = bytes.firstRange(of: "://".utf8).map { bytes[$0.upperBound...] } ?? bytes[...]
    return path.last == UInt8(ascii: "/") ? path.dropLast() : path
  }

  private mutating func addImage(_ tag: HTMLTag) {
    guard let alt = tag.value(of: "alt", in: bytes) else { return }
    add(HTMLEntities.decoded(bytes[alt]))
  }

  // MARK: Text

  private mutating func add(_ text: ArraySlice<UInt8>) {
    if isPreformatted {
      addPreformatted(text)
      return
    }
    var start = text.startIndex
    while start < text.endIndex {
      if text[start].isHTMLSpace {
        hasSpace = true
        start += 1
      } else {
        let end = text[start...].firstIndex(where: \.isHTMLSpace) ?? text.endIndex
        add(word: text[start..<end])
        start = end
      }
    }
  }

  private mutating func add(word: ArraySlice<UInt8>) {
    let visible = visible(word)
    guard !visible.isEmpty else { return }
    if wantsCellBorder {
      words += " | ".utf8
      wantsCellBorder = false
    } else if hasSpace, !words.isEmpty {
      words.append(UInt8(ascii: " "))
    }
    words += visible
    hasSpace = false
  }

  /// A word without invisible characters and soft hyphens.
  private mutating func visible(_ word: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard word.contains(where: PlainText.mayBeginInvisible) else { return word }
    let text = String(decoding: word, as: UTF8.self)
    if text.unicodeScalars.contains("\u{A0}") { hasNoBreakSpace = true }
    guard text.unicodeScalars.contains(where: PlainText.isInvisible) else { return word }
    let kept = text.unicodeScalars.filter { !PlainText.isInvisible($0) }
    return ArraySlice(String(String.UnicodeScalarView(kept)).utf8)
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{AD}" || scalar == "\u{200B}" || scalar == "\u{FEFF}"
  }

  /// The first bytes in UTF-8 of what is invisible and of the no-break space.
  private static func mayBeginInvisible(_ byte: UInt8) -> Bool {
    byte == 0xC2 || byte == 0xE2 || byte == 0xEF
  }

  private mutating func addPreformatted(_ text: ArraySlice<UInt8>) {
    let parts = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index > 0 { endLine(isHard: true) }
      words += part
    }
  }

  // MARK: Lines

  private mutating func endBlock() {
    endLine()
    if lists.isEmpty { blank = blank.map { min($0, quotes) } ?? quotes }
  }

  private mutating func endHeading(line: Character) {
    let width = min(DisplayWidth.of(String(decoding: words, as: UTF8.self)), TextWrapping.width)
    let isThere = !words.isEmpty
    endLine()
    if isThere { append([String(repeating: line, count: width)]) }
    blank = quotes
  }

  /// Ends the line; an empty one is kept only where `<br>` asks for it.
  private mutating func endLine(isHard: Bool = false) {
    defer {
      words.removeAll(keepingCapacity: true)
      hasSpace = false
      wantsCellBorder = false
    }
    guard !words.isEmpty else {
      // Any number of breaks in a row makes one empty line.
      if isHard { blank = blank ?? quotes }
      return
    }
    let quote = String(repeating: "> ", count: quotes)
    let outer = quote + String(repeating: "  ", count: max(0, lists.count - 1))
    let inner =
      outer + String(repeating: " ", count: marker.map(\.count) ?? (lists.isEmpty ? 0 : 2))
    let first = marker.map { outer + $0 } ?? inner
    if isPreformatted {
      append([first + String(decoding: words, as: UTF8.self)])
    } else {
      append(TextWrapping.lines(of: words, first: first, rest: inner))
    }
    marker = nil
  }

  private mutating func append(_ new: [String]) {
    if let depth = blank, !lines.isEmpty {
      lines.append(String(repeating: "> ", count: min(depth, quotes)).trimmed)
    }
    blank = nil
    // A no-break space has kept its words together; a plain one is what mail programs show best.
    lines += hasNoBreakSpace ? new.map(PlainText.breakable) : new
    hasNoBreakSpace = false
  }

  private static func breakable(_ line: String) -> String {
    String(String.UnicodeScalarView(line.unicodeScalars.map { $0 == "\u{A0}" ? " " : $0 }))
  }
}
