import KindlyCore
import Testing

@Suite("A column's role")
struct ColumnReadingTests {
  static let words: [(ColumnRole, [String])] = [
    (
      .name,
      [
        "name", "NAME", "FullName", "customer_name", "姓名", "客户名称", "xingming", "Nachname", "nom",
        "raison sociale",
      ]
    ),
    (
      .email,
      [
        "email", "E-Mail", "emailAddress", "contact_email", "email_2", "邮箱", "电子邮件", "youxiang",
        "Mailadresse",
        "courriel",
      ]
    ),
    (
      .phone,
      [
        "phone", "MobileNumber", "phone1", "tel", "手机", "联系电话", "手机号码", "shoujihao", "Telefon",
        "Handy",
        "téléphone",
      ]
    ),
    (.language, ["lang", "user_locale", "语言", "Sprache", "langue"]),
    (.timezone, ["tz", "TimeZone", "时区", "Zeitzone", "fuseau_horaire"]),
    (.owner, ["owner", "assigned_to", "负责人", "Betreuer", "responsable"]),
    (.status, ["status", "order_state", "状态", "zhuangtai", "Zustand", "statut"]),
    (.deleted, ["deleted", "is_deleted", "isDeleted", "del_flag", "是否删除", "gelöscht", "supprimé"]),
    (.updated, ["updated_at", "lastModified", "update_time", "更新时间", "geändert_am", "modifié_le"]),
    (.created, ["created_at", "创建时间", "angelegt_am", "date_creation"]),
    (
      .customer,
      ["customer_id", "customerId", "CUST_ID", "客户编号", "kehu_id", "KundenNr", "id_client"]
    ),
    (
      .ends,
      [
        "ends_on", "trial_ends_on", "due_date", "expiresAt", "valid_until", "到期日", "合同到期日期",
        "daoqiri", "Ablaufdatum", "fällig_am", "gültig_bis", "échéance", "date_fin",
      ]
    ),
    (.begins, ["start_date", "trial_started_on", "开始日期", "Beginn", "date_debut"]),
    (.birthday, ["birthday", "dateOfBirth", "生日", "Geburtsdatum", "date_naissance"]),
    (.secret, ["password", "initial_password", "密码", "Passwort", "mot de passe"]),
  ]

  @Test(
    "is recognised by its name in English, Chinese, pinyin, German and French", arguments: words)
  func names(role: ColumnRole, names: [String]) {
    for name in names {
      let roles = ColumnReading(column(name)).roles
      #expect(roles[role]?.evidence == .name, "\(name) is \(roles.keys)")
    }
  }

  @Test(
    "is not taken from a name that means something else",
    arguments: [
      ("file_name", ColumnRole.name), ("username", .name), ("product_name", .name),
      ("mailing_list", .email), ("telegram", .phone), ("nomination", .name), ("endpoint", .ends),
      ("language_school", .timezone), ("tel_aviv_office_count", .name), ("updated_by", .updated),
    ])
  func otherMeanings(name: String, role: ColumnRole) {
    #expect(ColumnReading(column(name)).roles[role] == nil)
  }

  @Test("is recognised by its values, whatever it is called")
  func values() {
    let mail = ColumnReading(column("k7", texts: ["ada@example.com", "bob@example.org", "x"]))
    #expect(mail.roles[.email]?.evidence == .values)
    let phone = ColumnReading(
      column("k8", texts: ["+49 30 1234567", "13800138000", "030/1234567"]))
    #expect(phone.roles[.phone]?.evidence == .values)
    let zone = ColumnReading(column("k9", texts: ["Europe/Berlin", "Asia/Shanghai"]))
    #expect(zone.roles[.timezone]?.evidence == .values)
    let language = ColumnReading(column("k10", texts: ["en", "zh-Hans", "de_AT"]))
    #expect(language.roles[.language]?.evidence == .values)
    let number = ColumnReading(column("k11", "BIGINT", [.integer(13_800_138_000)]))
    #expect(number.roles[.phone]?.evidence == .values)
  }

  @Test("is surest where name and values agree, and none where the values speak against it")
  func both() {
    #expect(
      ColumnReading(column("email", texts: ["ada@example.com"])).roles[.email]?.evidence == .both)
    let flag = column("email", "INTEGER", [.integer(0), .integer(1)])
    #expect(ColumnReading(flag).roles[.email] == nil)
    let date = column("phone", texts: ["2026-02-10", "2026-02-11"])
    #expect(ColumnReading(date).roles[.phone] == nil)
    let count = column("deleted", "INTEGER", (0..<9).map { .integer($0) })
    #expect(ColumnReading(count).roles[.deleted] == nil)
    let address = column("name", texts: ["ada@example.com", "bob@example.com"])
    #expect(ColumnReading(address).roles[.name] == nil)
  }

  @Test(
    "is that of a date by its type, by how it is written, or for numbers by its name too",
    arguments: [
      (column("x", "timestamp without time zone"), true), (column("x", "DATE"), true),
      (column("x", texts: ["2026-02-10", "2026/02/11 09:30"]), true),
      (column("x", texts: ["0000-00-00", "2026-02-30"]), true),
      (column("x", texts: ["10.0.0.1", "1.2.3"]), false),
      (column("x", "INTEGER", [.integer(1_770_000_000)]), false),
      (column("expires_at", "INTEGER", [.integer(1_770_000_000)]), true),
      (column("due_date", "INTEGER", [.integer(20_260_210)]), true),
      (column("day_count", "INTEGER", [.integer(7)]), false),
      (column("ends_on", "INTEGER", [.integer(3), .integer(4)]), false),
      (column("ends_on"), true), (column("note"), false),
      (column("ends_on", texts: ["28.12.26", "1/2/27"]), true),
      (column("release", texts: ["10.2.11", "10.3.12"]), false),
      (column("updated_at", "uuid", canHoldDates: false), false),
    ])
  func dates(column: ColumnSurvey, isDate: Bool) {
    #expect(ColumnReading(column).isDate == isDate, "\(column.name) \(column.type)")
  }
}

@Suite("A column's tally")
struct ColumnTallyTests {
  @Test("counts what is missing, what is no date, and what is there once")
  func counts() {
    let tally = column(
      "x", "TEXT",
      [
        .null, .text(" "), .text("2026-02-10"), .text("2026-02-10"), .text("0000-00-00"),
        .text("1970-01-01"), .text("soon"), .integer(0), .text("9999-12-31"),
      ]
    ).tally
    #expect(tally.rows == 9 && tally.nulls == 1 && tally.empties == 1 && tally.present == 7)
    #expect(tally.distinct == 6)
    #expect(tally.dates.readable == 2)
    #expect(
      tally.dates.unusable == [
        .null: 1, .empty: 1, .zero: 2, .epoch: 1, .unreadable: 1, .placeholder: 1,
      ])
  }

  @Test("keeps no value when the counting is over")
  func forgets() {
    let tally = column("x", texts: ["geheim", "ada@example.com"]).tally
    var text = ""
    dump(tally, to: &text)
    #expect(!text.contains("geheim") && !text.contains("ada@example.com"))
  }
}
