import Foundation
import KindlyCore
import Testing

@Suite("Problems of sources")
struct SourceProblemTests {
  private let gone = SourceProblem(.watch, of: .watch("leases"), "the key column id is not there")
  private let unreachable = SourceProblem(
    .unreachable, of: .source("crm"), "no route", hint: "start it", retry: .nextPoll)

  @Test("name their subject once, and say what happens next unless somebody asked once")
  func words() {
    #expect(gone.description == "watch leases: the key column id is not there")
    #expect(
      unreachable.description == "source crm: no route; Kindly tries again at the next poll")
    #expect(unreachable.askedOnce.description == "source crm: no route")
    #expect(unreachable.askedOnce.hint == "start it")
    #expect(Problem.Subject.watch("leases").sentence(about: gone) == gone.description)
    #expect(
      Problem.Subject.rule("lease").sentence(about: gone) == "rule lease: \(gone.description)")
    // The text of a database may begin like a subject.
    let quoting = SourceProblem(.condition, "rule lease: no such function")
    #expect(
      Problem.Subject.rule("lease").sentence(about: quoting)
        == "rule lease: rule lease: no such function")
  }

  @Test("are read from a ledger of an earlier version")
  func earlier() throws {
    let json = #"{"description":"source crm: no route","hint":"start it","kind":"unreachable"}"#
    let problem = try JSONDecoder().decode(SourceProblem.self, from: Data(json.utf8))
    #expect(problem == SourceProblem(.unreachable, "source crm: no route", hint: "start it"))
  }
}
