import KindlyChannels
import KindlyCore
import Testing

@testable import KindlyConfig

@Suite("Where a configuration with errors keeps things")
struct WhereaboutsTests {
  @Test(
    "the lines of kindly.yaml that say so are found beside any error",
    arguments: [
      ("state: /srv/kindly\nsocket: /srv/s\ndelivery: live\n", "/srv/kindly", "/srv/s", "live"),
      (
        "rules: [\nstate: \"/srv/a b\" # here\nsocket: '/srv/s'\n", "/srv/a b", "/srv/s",
        "rehearsal"
      ),
      (
        "state:   /srv/kindly  # here\n\tx\n", "/srv/kindly", "/run/kindly/control.sock",
        "rehearsal"
      ),
      (
        "  state: /nested\n# state: /comment\n", "/var/lib/kindly", "/run/kindly/control.sock",
        "rehearsal"
      ),
      ("state: relative\ndelivery: lvie\n", "/var/lib/kindly", "/run/kindly/control.sock", "none"),
      ("", "/var/lib/kindly", "/run/kindly/control.sock", "rehearsal"),
    ])
  func places(text: String, state: String, socket: String, delivery: String) {
    let places = Whereabouts(text: text)
    #expect(places.stateDirectory == state)
    #expect(places.socket == socket)
    #expect((places.delivery?.description ?? "none") == delivery)
  }

  @Test("an archived text is read as the files were from which it was made")
  func archive() throws {
    let folder = try Fixture.folder(rule: "when: insert\nsend: email\ntemplate: welcome")
    try folder.write(
      "rules.d/20-more.yaml",
      "rules:\n  - { name: more, watch: visits, when: on visit, send: inbox, template: visit }")
    let loader = ConfigurationLoader(folder: folder.path)
    let loaded = try loader.load()
    let again = try loader.load(archive: loaded.archive)
    #expect(again == loaded)
    #expect(again.rules.map(\.name) == ["test", "more"])
  }
}
