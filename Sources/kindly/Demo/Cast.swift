/// The customers to whom something happens in the demo, by the key of their row.
enum Cast {
  /// 李娜, whose trial ends and whose address is corrected before.
  static let tester = 4
  /// 张伟, whose invoice falls due.
  static let debtor = 9
  static let debtorInvoice = 2
  /// 陈思远, who pays a lease, and the invoice just before its reminder.
  static let payer = 11
  static let payerInvoice = 1
  static let payerLease = 4
  /// Oliver Bennett, whose lease is deleted.
  static let leaver = 19
  static let leaverLease = 7
  /// Hannah Köhler, who has ordered something.
  static let buyer = 31
  static let buyerOrder = 1
  /// Camille Laurent, who is called back at another hour than was agreed first.
  static let caller = 34
  /// 孙丽, who complains about an invoice.
  static let complainer = 3
  /// 王小明 and Emily Carter, who come while the demo runs.
  static let newcomers = [37, 38]
  /// 赵敏 and 吴涛, about whose trials a letter is planned for the next 24 hours. Their zone has no daylight saving, so
  /// that it is never more.
  static let endingSoon: Set<Int> = [2, 6]
}
