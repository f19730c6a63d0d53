#if MariaDB
  import KindlyCore

  /// Turns what the server and its driver answer into what the operator needs to read.
  struct MariaDBDiagnosis: Diagnosis {
    let source: String
    let address: ServerAddress
    let deadline: Duration

    static let trial = "try it with the mariadb client"
    static let load = "look at its load"

    var place: String { address.text }

    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      switch error {
      case let problem as SourceProblem: problem
      case let failure as MariaDBFailure: self.problem(failure, question)
      default: unreachable("could not be read: \(error)", nil)
      }
    }

    private func problem(_ failure: MariaDBFailure, _ question: Question) -> SourceProblem {
      switch failure {
      case .unreachable(let code, let message):
        unreachable("cannot be connected to: \(message)", connectionHint(code))
      case .lost(let message):
        unreachable(
          "has ended the connection, or did not answer within "
            + "\(text(deadline + MariaDBConnection.grace)): \(message)",
          "nothing to do if the server was restarted; else look at its log and its load")
      case .refused(let code, let message): refused(code, message, question)
      case .tooOld(let version):
        unreachable(
          "is of version \(version), which has no JSON_TABLE",
          "kindly needs MariaDB 10.6 or later, or MySQL 8.0.21 or later")
      case .placeholder(let name):
        blame(
          question, "a placeholder other than :now and :today, \(name)", "write the value itself")
      }
    }

    /// The numbers are those of the manual's error reference; from 2000 on, the driver's.
    private func connectionHint(_ code: UInt32) -> String {
      switch code {
      case 1045, 1698:
        "see that user and password are right (`password: { credential: NAME }` beside `url`), and that the user may "
          + "log in from this machine"
      case 1044, 1049: "see that the database in `url:` is right, and that the user may read it"
      case 1040, 1203, 1226: "the server has no connection left for us; raise max_connections"
      case 2026:
        "see that the server's certificate is valid today, for that name, and trusted here (`sslrootcert=` names a file of others)"
      default:
        "see that host and port in `url:` are right, that the server runs, and that its bind-address and the firewall "
          + "let this machine in"
      }
    }

    private func refused(_ code: UInt32, _ message: String, _ question: Question) -> SourceProblem {
      let what = MariaDBDiagnosis.withoutData(message, code)
      switch code {
      case 1969, 3024: return tooSlow(question)
      case 1205: return locked(question)
      case 1044, 1142, 1143, 1227, 1345, 1356, 1370: return forbidden(what, question)
      case 1412:
        return unreachable(
          "could not answer: \(what)", "nothing to do: the table was altered while it was read")
      // KILL QUERY, no memory, no disk, a file that cannot be read: the server's matter, whatever was asked.
      case 1317, 1021, 1030, 1037, 1038, 1040, 1041, 1203, 1213, 1226:
        return unreachable("could not answer: \(what)", "look at the server's log")
      default: return blame(question, what, nil)
      }
    }

    private func forbidden(_ what: String, _ question: Question) -> SourceProblem {
      let user = address.user.map(MariaDBDialect.quoted) ?? "USER"
      return blame(
        question, what,
        "as an administrator: GRANT SELECT ON \(MariaDBDialect.quoted(address.database)).… TO \(user)"
      )
    }

    private func locked(_ question: Question) -> SourceProblem {
      let wait = text(MariaDBSession.lockWait)
      let what =
        question.subject.map {
          "watch \($0.name) was locked by another session for longer than \(wait)"
        } ?? "a lock was waited for longer than \(wait)"
      return unreachable(
        "could not answer: \(what)",
        "nothing to do if it passes; if it stays, look for an open ALTER TABLE or LOCK TABLES")
    }

    /// The server's message without what it repeats of a row: values stand behind a colon in those about data, and a
    /// function of the customer's may say anything.
    private static func withoutData(_ message: String, _ code: UInt32) -> String {
      switch code {
      case 1062, 1642, 1643, 1644: "a function of the database raised an error (\(code))"
      case 1292, 1365, 1366, 1411, 1690, 3141, 4037, 4038:
        message.firstRange(of: ": '").map { String(message[..<$0.lowerBound]) } ?? message
      default: message
      }
    }
  }
#endif
