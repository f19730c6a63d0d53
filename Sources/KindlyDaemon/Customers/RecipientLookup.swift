package import KindlyCore

/// Finds the recipients of many messages, reading their colleagues together.
package struct RecipientLookup: Sendable {
  let search: RecipientSearch
  let directory: ColleagueDirectory?
  /// Reads colleagues who are the rows of a watch.
  let staff: PeopleLookup

  package struct Request: Sendable {
    let role: RecipientRole
    /// The customer whom the row is about; nil for nobody.
    let about: Person?
    /// The row.
    let this: RowValues

    package init(_ role: RecipientRole, about: Person?, this: RowValues) {
      self.role = role
      self.about = about
      self.this = this
    }
  }

  package struct Answer: Sendable {
    package let recipient: Result<Person, RecipientProblem>
    /// The colleague who looks after the customer; nil if there is none.
    package let owner: Person?
  }

  /// Everything that was found.
  package struct Findings: Sendable {
    /// In the order of the requests.
    package var answers: [Answer] = []
    /// The colleagues whose rows were read.
    var entries: [RowKey: PeopleLookup.Entry] = [:]
  }

  /// Finds the recipient of each request, and the owner of the customer.
  package func find(_ requests: [Request]) async throws(SourceProblem) -> Findings {
    var findings = Findings()
    var known: [RowKey: RecipientSearch.Colleague] = [:]
    // The search follows one lead at a time and stops at a circle of leads, so the loop always ends.
    while true {
      var missing: Set<RowKey> = []
      findings.answers = requests.map { request in
        answer(to: request, known, findings.entries, &missing)
      }
      if missing.isEmpty { return findings }
      let entries = try await colleagues(missing)
      findings.entries.merge(entries) { old, _ in old }
      for key in missing {
        // A colleague whose condition fails counts as active: the fault is reported, and their lead gets nothing.
        known[key] =
          entries[key].map { .found($0.person, isActive: $0.holds || $0.fault != nil) }
          ?? .unknown
      }
    }
  }

  private func answer(
    to request: Request, _ known: [RowKey: RecipientSearch.Colleague],
    _ entries: [RowKey: PeopleLookup.Entry], _ missing: inout Set<RowKey>
  ) -> Answer {
    var owner: Person?
    switch find(.owner, for: request, known) {
    case .found(let person): owner = person
    case .needs(let key): missing.insert(key)
    case .nobody: break
    }
    switch find(request.role, for: request, known) {
    case .found(let person):
      let fault = person.kind == .colleagues ? entries[person.key]?.fault : nil
      return Answer(
        recipient: fault.map { .failure(.fault(person.key, $0)) } ?? .success(person),
        owner: owner)
    case .nobody(let absence): return Answer(recipient: .failure(.absence(absence)), owner: owner)
    case .needs(let key):
      missing.insert(key)
      return Answer(recipient: .failure(.absence(.unknown(key))), owner: owner)
    }
  }

  private func find(
    _ role: RecipientRole, for request: Request, _ known: [RowKey: RecipientSearch.Colleague]
  ) -> RecipientSearch.Result {
    search.find(role, about: request.about, this: request.this, known: known)
  }

  /// The colleagues with the given keys; who is missing from the answer is not in the directory.
  package func colleagues(
    _ keys: Set<RowKey>
  ) async throws(SourceProblem) -> [RowKey: PeopleLookup.Entry] {
    guard let directory, let listed = directory.listed else {
      return try await staff.find(keys)
    }
    let found = listed.filter { keys.contains($0.key) }.map { person in
      (
        person.key,
        PeopleLookup.Entry(
          person: directory.people.person(key: person.key, person.values), holds: true)
      )
    }
    return Dictionary(found) { first, _ in first }
  }
}

/// Why a message cannot go to its recipient.
package enum RecipientProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case absence(RecipientAbsence)
  /// The colleague's row, or the condition on it, fails.
  case fault(RowKey, SourceProblem)

  package var description: String {
    switch self {
    case .absence(let absence): absence.words
    case .fault(let key, let problem): "colleague \(key): \(problem.description)"
    }
  }
}
