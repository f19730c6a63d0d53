import KindlyConfig
import KindlyCore
import KindlyDaemon
import KindlyTemplates

/// Checks a step's letter against the columns of its rows, and renders it for a real one.
struct LetterCheck {
  let inquiry: CustomerInquiry
  let letters: TemplateLibrary
  let rule: Rule
  let step: Step
  let watch: Watch
  let columns: Set<ExactText>
  /// Nil if the watch is about nobody.
  let customerColumns: Set<ExactText>?
  /// Nil if there are no colleagues.
  let colleagueColumns: Set<ExactText>?

  /// How many rows are tried; the letter is rendered for the first of them that it can be written to.
  private static let sampled = 20

  func check(_ report: inout CheckReport) async {
    do {
      let findings = letters.check(step.template, columns: try await templateColumns())
      for finding in findings { report.add(finding) }
      guard !findings.contains(where: { $0.severity == .error }) else { return }
      let rows = try await inquiry.source(of: watch).sample(watch, limit: LetterCheck.sampled)
        .filter(couldGetLetter())
      try await render(rows, &report)
      try await tellCost(rows, &report)
    } catch let problem as SourceProblem {
      report.add(problem, at: watch.place)
    } catch {
      report.error("\(subject): \(error)", at: step.place)
    }
  }

  var subject: String { "the letter of rule \(rule.name), step \(step.name)" }

  /// Renders the letter for a row that could get it. A letter that fails on some rows is a warning, on all an error.
  private func render(_ rows: [RowAnswer], _ report: inout CheckReport) async throws {
    var failed: (row: RowKey, error: any Error)?
    for row in rows {
      let about = try await inquiry.subject(of: row, in: watch)
      if case .unknown = about { continue }
      let answer = try await inquiry.recipient(
        step.recipients.first ?? .customer, about: about.person, this: row.values)
      // `RecipientCount` counts the rows without a recipient.
      guard case .success(let recipient) = answer.recipient else { continue }
      let scope = try await inquiry.letterScope(
        rule, step, row, of: watch, customer: about.person, owner: answer.owner,
        reader: recipient)
      do {
        let rendering = try letters.rendering(step.template, scope: scope)
        for finding in rendering.nulls { report.add(finding) }
        try checkForms(of: rendering.message, about: about.person, to: recipient, &report)
      } catch {
        failed = failed ?? (row.key, error)
        continue
      }
      if let failed {
        report.warn(
          "\(subject) cannot be written for row \(failed.row): \(failed.error); its reminder would wait, and all others "
            + "would be sent", at: step.place)
      }
      return
    }
    if let failed { throw failed.error }
  }

  /// Throws if a channel of the step would refuse the message. Addresses are counted elsewhere.
  private func checkForms(
    of message: Message, about: Person?, to recipient: Person, _ report: inout CheckReport
  ) throws(UnfitDelivery) {
    let previews = ChannelPreview.all(
      of: message, rule: rule, step: step, about: about, to: recipient,
      in: step.recipients.first ?? .customer, now: inquiry.clock.now, inquiry.configuration)
    for preview in previews {
      switch preview.form {
      case .refused(let fault) where fault.fault == .message:
        throw UnfitDelivery(.message, "channel \(preview.channel): \(fault)")
      case .own(let preview):
        for warning in preview.warnings { report.warn("\(subject): \(warning)", at: step.place) }
      case .letter, .refused, .noAddress: break
      }
    }
  }

  /// Whether a row has what the step's `when` needs: a row without a date never gets the letter.
  private func couldGetLetter() async throws -> (RowAnswer) -> Bool {
    guard let column = step.when.schedule?.column else { return { _ in true } }
    let kind = try await inquiry.dates(of: watch)[column]
    return { row in
      guard let value = row.values.value(ofColumn: column) else { return true }
      // The check of the step counts unusable dates.
      return Anchor.reading(value, as: kind) != nil
    }
  }

  private func templateColumns() async throws -> TemplateColumns {
    let directory = inquiry.configuration.customers
    let isDelete = step.when.change?.includes(.delete) == true
    let asksPast = isDelete || step.when.isUpdate
    let kept = try await asksPast ? keptColumns() : self.columns
    var columns = TemplateColumns(
      this: isDelete ? kept : self.columns, old: step.when.isUpdate ? kept : nil,
      customer: customerColumns,
      addresses: directory?.addresses.map(\.kind) ?? [], colleague: colleagueColumns,
      hasOwners: directory?.links[.owner] != nil,
      secrets: Set(texts: directory?.secret ?? []), lists: Set(texts: step.lists.map(\.name)))
    columns.unkept = self.columns.subtracting(kept)
    columns.isDigest = step.digest != nil
    columns.addressesCustomer = step.recipients == [.customer]
    return columns
  }

  /// The columns of the watch whose earlier values Kindly keeps.
  private func keptColumns() async throws -> Set<ExactText> {
    let configuration = inquiry.configuration
    let named = WatchColumns(
      watch: watch, rules: configuration.rules, directory: configuration.customers)
    let present = try await inquiry.source(of: watch).columns(of: watch)
    return Set(texts: named.choose(from: present).captured)
  }
}
