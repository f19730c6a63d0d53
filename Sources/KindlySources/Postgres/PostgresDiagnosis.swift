#if PostgreSQL
  import KindlyCore

  /// Turns what PostgreSQL and its driver answer into what the operator needs to read.
  struct PostgresDiagnosis: Diagnosis {
    let source: String
    let address: ServerAddress
    let deadline: Duration

    static let trial = "try it with psql"
    static let load = "check its load"

    var place: String { address.text }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      switch error {
      case let problem as SourceProblem: problem
      case let failure as PostgresFailure: self.problem(failure, question)
      default: unreachable("could not be read: \(error)", nil)
      }
    }

    private func problem(_ failure: PostgresFailure, _ question: Question) -> SourceProblem {
      switch failure {
      case .unreachable(let message, let wantsPassword, let gavePassword):
        unreachable(
          "cannot be connected to: \(message)",
          connectionHint(wantsPassword: wantsPassword, gavePassword: gavePassword))
      case .lost(let message):
        unreachable(
          "has ended the connection\(message.isEmpty ? "" : ": \(message)")",
          "nothing to do if the server was restarted; otherwise check its log")
      case .silent:
        unreachable(
          "did not answer within \(text(deadline + PostgresConnection.grace))",
          "check the load of the server and the network to it")
      case .refused(let state, let message):
        problem(PostgresDiagnosis.verdict(state, message), question, remedies)
      case .placeholder(let name): placeholder(name, question)
      }
    }

    private func connectionHint(wantsPassword: Bool, gavePassword: Bool) -> String {
      if wantsPassword {
        return "the server asks for a password: write `password: { credential: NAME }` beside `url`"
      }
      if gavePassword {
        return
          "see that user, password and database are right, and that the server's pg_hba.conf lets this machine in"
      }
      let certificate =
        address.security == .checked
        ? ", and that its certificate is valid today, for that name, and trusted here (`sslrootcert=` names a file of others)"
        : ""
      return
        "see that host, port, user and database in `url:` are right, that the server runs and has a connection left, and "
        + "that its pg_hba.conf and the firewall let this machine in" + certificate
    }

    private var remedies: Verdict.Remedies {
      Verdict.Remedies(
        grant: PostgresDiagnosis.grant(to: address.user), lockWait: PostgresEngine.lockWait,
        lockHolders: PostgresDiagnosis.lockHolders)
    }

    static let lockHolders = "an open ALTER TABLE, VACUUM FULL or LOCK"

    static func grant(to user: String?) -> String {
      let role = user.map(PostgresDialect.quoted) ?? "ROLE"
      return
        "as the owner, in the database: GRANT USAGE ON SCHEMA … TO \(role); GRANT SELECT ON … TO \(role)"
    }

    /// The states are those of appendix A of the manual.
    static func verdict(_ state: String, _ message: String) -> Verdict {
      let what = withoutData(message, state)
      switch state {
      case "57014": return .tooSlow
      case "55P03": return .locked
      case "42501": return .forbidden(what)
      case "25P03", "25P04":
        return .unreachable(
          "the server ended one of kindly's transactions: \(what)",
          hint: "check whether something suspends kindly from time to time")
      case "40001", "40P01":
        return .unreachable(
          "the standby stopped the query to continue replaying: \(what)",
          hint: "nothing to do if it passes; otherwise raise max_standby_streaming_delay")
      default: break
      }
      return switch state.prefix(2) {
      // Connection, resources, the operator's doing, the system: the server's matter, whatever was asked.
      case "08", "53", "57", "58", "XX": .unreachable(what, hint: "check the server's log")
      default: .blame(what)
      }
    }

    /// The server's message if it cannot contain a row's data: messages about syntax, rights and the server itself.
    ///
    /// Any other message may contain a value, at a position that depends on the server's language, and a customer's
    /// function may say anything.
    private static func withoutData(_ message: String, _ state: String) -> String {
      if state == "22012" { return "division by zero" }
      return switch state.prefix(2) {
      case "08", "0A", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "XX":
        message
      case "22":
        "a row has a value that cannot be converted to the type that the query needs (\(state))"
      default: "a function of the database raised an error (\(state))"
      }
    }
  }
#endif
