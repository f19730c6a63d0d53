import KindlyCore
import KindlyDaemon
import KindlyTestKit

/// Plays a story to Kindly and to the model, and compares them after every turn.
struct Simulation {
  private let story: Story
  private let stage: Stage
  private var model: NaiveModel
  private var configuration: SimConfiguration
  /// Rules that are absent now, as they were.
  private var absent: [String: SimRule] = [:]
  private var deleted: [Int: SimRow] = [:]
  private var elapsed = 0
  private var turns = 0
  /// Until when the clock may be doubted because it was set.
  private var doubtedUntil = 0
  /// What was handed over when the process died, and when.
  private var death: (letters: [HandedOver], at: Int)?

  private init(_ story: Story) throws {
    self.story = story
    stage = try Stage(story)
    configuration = story.configuration
    model = NaiveModel(rows: story.rows, configuration: story.configuration)
  }

  /// Plays a story; throws where Kindly does what its definitions do not say.
  static func run(_ story: Story) async throws -> NaiveModel.Count {
    var simulation = try Simulation(story)
    do {
      try await simulation.play()
    } catch {
      await simulation.stage.close()
      throw error
    }
    await simulation.stage.close()
    return simulation.model.finish()
  }

  private var now: Int { Int(stage.clock.now.seconds) }

  private mutating func play() async throws {
    try await start()
    for event in story.events {
      if event.at > elapsed {
        stage.clock.advance(by: .seconds(event.at - elapsed))
        elapsed = event.at
      }
      do {
        try await perform(event.kind)
      } catch let violation as Violation {
        let known = try await stage.words(about: violation.description)
        throw Violation("\(event)\n  at \(NaiveTime.stamp(now)) UTC: \(violation)\n\(known)")
      }
    }
    try await turn()
    try await stage.checkLedger(now: now)
  }

  private mutating func perform(_ kind: SimEvent.Kind) async throws {
    switch kind {
    case .turn: try await turn()
    case .insert(let row): try put(row, row.insertion)
    case .update(let key, let field):
      guard var row = model.rows[key] else { return }
      row.set(field)
      try put(row, SimRow.update(key, field))
    case .move(let key, let column, let seconds):
      guard var row = model.rows[key], let field = row.moved(column, by: seconds) else { return }
      row.set(field)
      try put(row, SimRow.update(key, field))
    case .delete(let key):
      guard let row = model.rows[key] else { return }
      deleted[key] = row
      try stage.write("DELETE FROM customers WHERE id = \(key);")
      model.write(nil, key, at: now)
    case .restore(let key):
      guard let row = deleted[key], model.rows[key] == nil else { return }
      try put(row, row.insertion)
    case .configure(let edit): try await configure(edit)
    case .stop: await stage.stop()
    case .start: try await start()
    case .crash(let commit, let isDurable):
      stage.commits.die(at: commit, isDurable: isDurable)
    case .step(let seconds):
      stage.clock.step(by: .seconds(seconds))
      doubtedUntil = elapsed + 12 * 3600
    case .synchronise(let isSynchronised): stage.clock.synchronise(isSynchronised)
    case .outage(let channel, let isDown): stage.set(channel, isDown: isDown)
    case .pause(let rule): try await pause(rule, isOver: false)
    case .resume(let rule): try await pause(rule, isOver: true)
    }
  }

  /// A pause is asked for by the rule's present name, and stays with the rule if it is renamed.
  private mutating func pause(_ rule: String?, isOver: Bool) async throws {
    guard stage.daemon != nil, !stage.commits.hasDied else { return }
    let present = configuration.rules.first { $0.name == rule }
    if rule != nil, present == nil { return }
    try await stage.pause(present.map { SimName.text($0.name, $0.renamings) }, isOver: isOver)
    if isOver { model.paused.remove(rule) } else { model.paused.insert(rule) }
  }

  private mutating func put(_ row: SimRow, _ sql: String) throws {
    try stage.write(sql)
    model.write(row, row.key, at: now)
  }

  private mutating func start() async throws {
    if stage.daemon != nil, !stage.commits.hasDied {
      stage.commits.forget()
      return
    }
    await stage.stop()
    try await stage.start()
    if let death {
      let hasLooked = try await stage.changeCount() > model.changes.count
      try model.turn(death.letters, isWhole: false, hasLooked: hasLooked, now: death.at)
      model.mayHaveArrived(try await stage.uncertain())
    }
    death = nil
    model.see(configuration, now: now)
  }

  private mutating func turn() async throws {
    guard let daemon = stage.daemon, !stage.commits.hasDied else { return }
    turns += 1
    do {
      try await daemon.turn()
      if turns.isMultiple(of: 10) { _ = try await daemon.keeper.runOnce(now: stage.clock.now) }
    } catch  where stage.commits.hasDied {
      death = (try await stage.handedOver(), now)
      return
    }
    let letters = try await stage.handedOver()
    if let hold = daemon.clocks.held {
      guard letters.isEmpty else { throw Violation("sent while the clock was doubted") }
      guard elapsed < doubtedUntil else { throw Violation("the clock is doubted: \(hold)") }
      return
    }
    if let held = daemon.health.heldWatches.first {
      throw Violation("watch \(held) is held, which the story must not bring about")
    }
    try model.turn(letters, now: now)
    if turns.isMultiple(of: 20) { try await stage.checkLedger(now: now) }
    if turns.isMultiple(of: 40), let key = model.rows.keys.min() { try await stage.explain(key) }
  }
}

// MARK: - The configuration

extension Simulation {
  private mutating func configure(_ edit: SimEdit) async throws {
    change(by: edit)
    try stage.keep(configuration)
    guard stage.daemon != nil, !stage.commits.hasDied else { return }
    do {
      try await stage.reload()
    } catch  where stage.commits.hasDied {
      return try await start()
    }
    model.see(configuration, now: now)
  }

  private mutating func change(by next: SimEdit) {
    switch next {
    case .remove(let rule):
      absent[rule] = configuration.rules.first { $0.name == rule }
      configuration.rules.removeAll { $0.name == rule }
    case .add(let rule): configuration.rules.append(rule)
    case .bringBack(let rule):
      guard !configuration.rules.contains(where: { $0.name == rule }) else { return }
      if let back = absent[rule] { configuration.rules.append(back) }
    case .setCondition(let rule, let condition):
      edit(rule) { rule in
        // A deleted row has no values of which a condition could be asked.
        if !rule.steps.contains(where: \.when.isDelete) { rule.condition = condition }
      }
    case .setAt(let rule, let step, let at):
      edit(rule, step) { if $0.when.isDated { $0.at = at } }
    case .setLate(let rule, let step, let late): edit(rule, step) { $0.late = late }
    case .setSpan(let rule, let step, let span):
      edit(rule, step) { $0.when = $0.when.with(span) }
    case .setEnd(let rule, let step, let end):
      edit(rule, step) { if $0.when.recurs, $0.missing != .skip { $0.end = end } }
    case .setOffDays(let rule, let step, let offDays):
      edit(rule, step) { if $0.mayMove { $0.offDays = offDays } }
    case .addStep(let rule, let step):
      edit(rule) { rule in
        if !step.when.isDelete || rule.condition == nil { rule.steps.append(step) }
      }
    case .renameRule(let rule): edit(rule) { $0.renamings += 1 }
    case .renameStep(let rule, let step): edit(rule, step) { $0.renamings += 1 }
    case .quietHours(let from, let to):
      configuration.quietFrom = from
      configuration.quietTo = to
    }
  }

  private mutating func edit(_ name: String, _ change: (inout SimRule) -> Void) {
    for index in configuration.rules.indices where configuration.rules[index].name == name {
      change(&configuration.rules[index])
    }
  }
  private mutating func edit(_ name: String, _ step: Int, _ change: (inout SimStep) -> Void) {
    edit(name) { rule in
      if rule.steps.indices.contains(step) { change(&rule.steps[step]) }
    }
  }
}
