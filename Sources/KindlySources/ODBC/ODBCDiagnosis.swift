#if ODBC
  import KindlyCore

  /// Turns what a driver and the database behind it answer into what the operator needs to read.
  struct ODBCDiagnosis: Diagnosis {
    let source: String
    let address: ODBCAddress
    let deadline: Duration

    static let trial = "try it with isql"
    static let load = "check its load"

    var place: String { address.text }

    /// What drivers and databases are called on this machine.
    private static let listings =
      "`odbcinst -q -d` lists the drivers that are installed and `odbcinst -q -s` the names for DSN=; Debian has drivers in "
      + "odbc-postgresql, odbc-mariadb, libsqliteodbc and tdsodbc (SQL Server)"

    /// Before the kind of database is known, a refusal cannot be blamed on anything.
    func problem(_ error: any Error, asked question: Question) -> SourceProblem {
      problem(error, asked: question) { blame(question, $0.message) }
    }

    func problem<Database: ODBCDatabase>(
      _ error: any Error, asked question: Question, of database: Database.Type
    ) -> SourceProblem {
      problem(error, asked: question) { refusal in
        problem(
          Database.verdict(on: refusal), question,
          Verdict.Remedies(
            grant: Database.grant(to: address.user), lockWait: ODBCSource.lockWait,
            lockHolders: Database.lockHolders))
      }
    }

    private func problem(
      _ error: any Error, asked question: Question, _ refused: (ODBCDiagnostic) -> SourceProblem
    ) -> SourceProblem {
      switch error {
      case let problem as SourceProblem: problem
      case let failure as ODBCFailure: self.problem(failure, question, refused)
      default: unreachable("could not be read: \(error)", nil)
      }
    }

    private func problem(
      _ failure: ODBCFailure, _ question: Question, _ refused: (ODBCDiagnostic) -> SourceProblem
    ) -> SourceProblem {
      switch failure {
      case .unreachable(let diagnostic):
        unreachable(
          "cannot be connected to: \(diagnostic.message)", connectionHint(diagnostic))
      case .lost(let message):
        unreachable(
          "has ended the connection: \(message)",
          "nothing to do if the server was restarted; otherwise check its log")
      case .cancelled: tooSlow(question)
      case .refused(let diagnostic): refused(diagnostic)
      case .unknown(let product):
        unreachable(
          "is \(product.isEmpty ? "a database that does not report its name" : "on \(product)"), whose SQL kindly does not know",
          "kindly reads \(ODBCSource.known) over ODBC; for any other database, export its tables to CSV files"
        )
      case .tooOld(let version, let needed):
        unreachable("is of version \(version)", "kindly needs \(needed) or later")
      case .placeholder(let name): placeholder(name, question)
      case .severalStatements: blame(question, "there is more than one statement in the query")
      }
    }

    private func connectionHint(_ diagnostic: ODBCDiagnostic) -> String {
      switch diagnostic.state {
      // No such name, no such driver, or one whose library cannot be loaded.
      case "IM002", "IM003", "IM004", "IM005", "01000": ODBCDiagnosis.listings
      case "28000": "see that " + user
      default:
        "see that what `url:` says is right, that the server runs and lets this machine in, and that "
          + user
      }
    }

    private var user: String {
      "UID in `url:` and the password are right (`password: { credential: NAME }` beside `url`)"
    }
  }
#endif
