/// People and scripts read times that are written one way.
extension TidyRule {
  /// The targets whose texts people and scripts read.
  private static let speakers = [
    "kindly", "KindlyDesk", "KindlyDaemon", "KindlyControl", "KindlySystemd", "KindlyConfig",
  ]

  static let times = [
    TidyRule("times are written one way") { path in
      speakers.contains { path.hasPrefix("Sources/\($0)/") } && Place.isSwift(path)
    } find: { file in
      file.findings(
        ["timeText", "description", "Formatter", "FormatStyle", "8601", "strftime", "localtime"],
        #/
          \.timeText\b
          |\b(?:DateFormatter|ISO8601\w+|Date\.FormatStyle|strftime|localtime(?:_r)?)\b
          |\b(?:now|at|due|since|until|next|last|decided|created|began|ended|started|delivered|noticed|archived|gone
            |lastSent|nextDue|oldestOverdue|useUntil|activated)[?!]?\.description\b
        /#,
        instead:
          "write it with `TimeText`: for people as a call, for scripts with `stamp`; without `now` use `text(of:)` of the zone"
      )
    }
  ]
}
