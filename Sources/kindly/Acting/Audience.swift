import KindlyControl
import KindlyCore
import KindlyDesk

/// The people who may use a verb.
enum Audience {
  /// Everybody who may read the ledger. The verb shows each colleague only what is theirs.
  case everybody
  /// Those who may know of all customers: not a colleague whom `sees:` limits to some of them.
  case operators

  /// Refuses the verb to people who are not in the audience. root always is, and so is the user that Kindly runs as: what
  /// systemd starts as this user has no credentials, and the ledger's files are theirs.
  func admit(to workplace: Workplace) async throws {
    guard self == .operators, !Caller.isRoot, !LedgerOwner.isCaller(of: workplace.ledgerPath) else {
      return
    }
    let inquiry = workplace.inquiry
    let isLimited: Bool
    do {
      isLimited = try await Viewer.seesOnlySome(user: Caller.user, inquiry)
    } catch {
      await inquiry.close()
      throw error
    }
    await inquiry.close()
    guard isLimited else { return }
    throw Failure(
      .notPermitted,
      "user \(Caller.user) is a colleague who sees only some customers (`sees:` under `colleagues:`) and may use only "
        + "`kindly task` and `kindly inbox`; ask an administrator")
  }

  /// The same for a verb that says what is wrong: it is refused only to those who are known to see only some customers.
  func admitIfUnknown(to workplace: Workplace) async throws {
    do {
      try await admit(to: workplace)
    } catch let refusal as Failure where refusal.code == .notPermitted {
      throw refusal
    } catch {
      // The verb reports what keeps the colleagues from being read.
    }
  }
}
