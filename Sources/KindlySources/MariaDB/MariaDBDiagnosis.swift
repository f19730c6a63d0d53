#if MariaDB
  import KindlyCore

  /// Turns what the server and its driver answer into what the operator needs to read.
  struct MariaDBDiagnosis: Diagnosis {
    let source: String
    let address: ServerAddress
    let deadline: Duration

    static let trial = "try it with the mariadb client"
    static let load = "check its load"

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
          "nothing to do if the server was restarted; otherwise check its log and its load")
      case .refused(let code, let message):
        problem(MariaDBDiagnosis.verdict(code, message), question, remedies)
      case .tooOld(let version):
        unreachable(
          "is of version \(version), which has no JSON_TABLE",
          "kindly needs MariaDB 10.6 or later, or MySQL 8.0.21 or later")
      case .unsuited(let target):
        unreachable(
          "has no server that answers and is \(target.rawValue), as `target_session_attrs` asks for",
          "nothing to do while a failover is under way; otherwise check the servers' read_only")
      case .unknownEncoding(let encoding):
        unreachable(
          "cannot be read: the server has no character set for `encoding: \(encoding)`",
          "write GBK, BIG5, UTF-8, CP1251 or another name that `iconv -l` lists")
      case .placeholder(let name): placeholder(name, question)
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

    private var remedies: Verdict.Remedies {
      Verdict.Remedies(
        grant: MariaDBDiagnosis.grant(
          on: MariaDBDialect.quoted(address.database) + ".…", to: address.user),
        lockWait: MariaDBSession.lockWait, lockHolders: MariaDBDiagnosis.lockHolders)
    }

    static let lockHolders = "an open ALTER TABLE or LOCK TABLES"

    static func grant(on tables: String, to user: String?) -> String {
      "as an administrator: GRANT SELECT ON \(tables) TO \(user.map(MariaDBDialect.quoted) ?? "USER")"
    }

    static func verdict(_ code: UInt32, _ message: String) -> Verdict {
      let what = withoutData(message, code)
      return switch code {
      case 1969, 3024: .tooSlow
      case 1205: .locked
      case 1044, 1142, 1143, 1227, 1345, 1356, 1370: .forbidden(what)
      case 1412:
        .unreachable(what, hint: "nothing to do: the table was altered while it was read")
      // KILL QUERY, no memory, no disk, a file that cannot be read: the server's matter, whatever was asked.
      case 1317, 1021, 1030, 1037, 1038, 1040, 1041, 1203, 1213, 1226:
        .unreachable(what, hint: "check the server's log")
      default: .blame(what)
      }
    }

    /// The column that a refusal says is not there.
    static func unknownColumn(_ code: Int, _ message: String) -> String? {
      guard code == 1054 else { return nil }
      // Unknown column 'this.statu' in 'where clause': translated, but for the name.
      return message.split(separator: "'", omittingEmptySubsequences: false).dropFirst().first
        .map(String.init)
    }

    /// The server's message if it cannot contain a row's data: messages about syntax, names, rights and the server
    /// itself.
    ///
    /// Any other message may contain a value, at a position that depends on the server's language, and a customer's
    /// function may say anything.
    static func withoutData(_ message: String, _ code: UInt32) -> String {
      if plain.contains(code) { return message }
      if aboutValues.contains(code) {
        return
          "a row has a value that is out of range, or cannot be converted to the type that the query needs (\(code))"
      }
      if raised.contains(code) { return "a function of the database raised an error (\(code))" }
      return "the server refused it with error \(code), which `perror \(code)` explains"
    }

    /// SIGNAL and RESIGNAL of the database's own functions.
    private static let raised: Set<UInt32> = [1642, 1643, 1644, 1645]

    /// Conversions, numbers out of range, and JSON that is none.
    private static let aboutValues: Set<UInt32> = [
      1264, 1292, 1365, 1366, 1406, 1411, 1416, 1690, 3140, 3141, 3143, 3156, 3157, 4035, 4036,
      4037, 4038,
    ]

    /// Messages whose variable parts are names, numbers, or a piece of the configuration's own SQL.
    private static let plain: Set<UInt32> = [
      // Rights, and names of users, databases, tables, columns and functions that are not there or not one.
      1044, 1045, 1046, 1049, 1052, 1054, 1055, 1060, 1066, 1109, 1142, 1143, 1146, 1176, 1227,
      1247, 1305, 1345, 1356,
      1370, 1449, 1630, 1698,
      // Syntax and the shape of a query.
      1064, 1065, 1103, 1111, 1140, 1149, 1210, 1221, 1222, 1235, 1241, 1242, 1248, 1249, 1267,
      1270, 1271, 1273, 1295, 1349,
      1414, 1415, 1422, 1582, 1583, 4018, 4078,
      // Writing where it is not allowed.
      1290, 1792, 1836,
      // The server itself: memory, disk, locks, limits, KILL.
      1021, 1030, 1037, 1038, 1040, 1041, 1053, 1205, 1213, 1203, 1226, 1317, 1412, 1436, 1969,
      3024,
    ]
  }
#endif
