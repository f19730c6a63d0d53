import Foundation
import KindlyCore
import Mustache

/// The texts of an `http` channel with tags in them: URL, headers and body, each value escaped for where it stands.
struct HTTPTemplates: Hashable, Sendable {
  /// Where a text stands, which decides how values are written into it.
  enum Place: Hashable, Sendable {
    /// Percent-encoded.
    case url
    /// One line; what would end it becomes a space.
    case header
    case json
    /// `application/x-www-form-urlencoded`: percent-encoded.
    case form
    /// As it is.
    case plain

    /// The place of a body of this media type.
    init(mediaType: String) {
      let type = mediaType.prefix { $0 != ";" }.trimmed.lowercased()
      if type == "application/json" || type.hasSuffix("+json") {
        self = .json
      } else {
        self = type == "application/x-www-form-urlencoded" ? .form : .plain
      }
    }

    fileprivate func escaped(_ text: String) -> String {
      switch self {
      // A path of dots alone would lead to another one.
      case .url:
        [".", ".."].contains(text)
          ? text.replacing(".", with: "%2E") : PercentEncoding.encoded(text)
      case .form: PercentEncoding.encoded(text)
      case .header: OneLine.text(text)
      case .json: String(JSONText.quoted(text).dropFirst().dropLast())
      case .plain: text
      }
    }
  }

  /// One text with tags, such as `{"text": "{{text}}"}`.
  struct Template: Hashable, Sendable {
    let source: String
    let place: Place
    /// Whether the service reads markup there, so that values are written with entities.
    let escapesMarkup: Bool
    private let parsed: Parsed

    /// Throws where the tags are no Mustache, or name something that no message has.
    init(
      _ source: String, at place: Place, secrets: Set<ExactText>, escapesMarkup: Bool = false
    ) throws(Unreadable) {
      self.source = source
      self.place = place
      self.escapesMarkup = escapesMarkup
      do {
        // The content type `TEXT` turns off Mustache's HTML escapes; values arrive already escaped.
        parsed = Parsed(template: try MustacheTemplate(string: Template.unescaping(source)))
      } catch {
        throw Unreadable("its tags cannot be read: \(error)")
      }
      for isFilled in [true, false] {
        let probe = Probe(secrets: secrets, isFilled: isFilled)
        _ = parsed.template.render(probe)
        if let unknown = probe.unknown { throw Unreadable(unknown) }
      }
    }

    func text(_ letter: HTTPLetter, _ secrets: [ExactText: Secret]) -> String {
      parsed.template.render(
        Scope(values: letter.values(secrets), place: place, escapesMarkup: escapesMarkup))
    }

    static func == (left: Template, right: Template) -> Bool {
      left.source.isExactly(right.source) && left.place == right.place
        && left.escapesMarkup == right.escapesMarkup
    }

    func hash(into hasher: inout Hasher) {
      source.hashExactly(into: &hasher)
      hasher.combine(place)
      hasher.combine(escapesMarkup)
    }

    private static func unescaping(_ source: String) -> String {
      "{{% CONTENT_TYPE:TEXT}}" + source
    }
  }

  /// Why a text cannot be used.
  struct Unreadable: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
  }

  /// A parsed template; only read after it was made.
  private struct Parsed: Sendable {
    let template: MustacheTemplate
  }

  /// The values of one message, as Mustache asks for them.
  private struct Scope: MustacheParent, MustacheCustomRenderable {
    /// A group such as `secret` is written as nothing; only its members have a text.
    let renderText = ""
    let isNull = false

    let values: HTTPLetter.Values
    let place: Place
    let escapesMarkup: Bool

    func child(named name: String) -> Any? {
      switch values.value(name) {
      case .text(let text):
        text.isEmpty ? nil : place.escaped(escapesMarkup ? Markup.escaped(text) : text)
      case .group(let group):
        // A secret is compared by the service, and not shown.
        Scope(
          values: .init(group: group), place: place,
          escapesMarkup: escapesMarkup && name != "secret")
      case nil: nil
      }
    }
  }

  /// Finds the names in a template that no message has.
  private final class Probe: MustacheParent {
    private let secrets: Set<ExactText>
    private let isFilled: Bool
    var unknown: String?

    init(secrets: Set<ExactText>, isFilled: Bool) {
      self.secrets = secrets
      self.isFilled = isFilled
    }

    func child(named name: String) -> Any? {
      switch name {
      case "secret":
        return Names(isKnown: { [secrets] in secrets.contains($0) }, probe: self, of: "secret")
      // Every letter names its own parameters.
      case "parameter": return Names(isKnown: { _ in true }, probe: self, of: "parameter")
      default:
        guard HTTPLetter.fields.contains(name) else {
          unknown =
            unknown
            ?? "no message has `\(name)`\(Suggestion.text(for: name, among: HTTPLetter.fields))"
          return nil
        }
        return isFilled ? "x" : nil
      }
    }

    private final class Names: MustacheParent, MustacheCustomRenderable {
      let isNull = false

      private let isKnown: (String) -> Bool
      private let probe: Probe
      private let owner: String

      init(isKnown: @escaping (String) -> Bool, probe: Probe, of owner: String) {
        self.isKnown = isKnown
        self.probe = probe
        self.owner = owner
      }

      /// Asked for where a template writes the group itself.
      var renderText: String {
        probe.unknown = probe.unknown ?? "`\(owner)` needs the name of one, `\(owner).NAME`"
        return ""
      }

      func child(named name: String) -> Any? {
        if !isKnown(name) {
          probe.unknown =
            probe.unknown ?? "`\(owner).\(name)` is not defined; add it to the channel's `secrets:`"
        }
        return probe.isFilled ? "x" : nil
      }
    }
  }
}
