/// The words by which people name columns, in English, Chinese, pinyin, German and French.
///
/// Words are written as `ColumnName` cuts them: in lower case, without accents, with underscores between them.
enum RoleWords {
  /// The roles that a column's name speaks for, each with how well it fits, from one to three.
  static func roles(of column: String) -> [ColumnRole: Int] {
    let name = ColumnName(column)
    var roles: [ColumnRole: Int] = [:]
    for (role, phrases) in words {
      let best = phrases.map(name.fit).max() ?? 0
      if best > 0 { roles[role] = best }
    }
    if notNames.contains(where: { name.fit($0) > 0 }) { roles[.name] = nil }
    return roles
  }

  /// Whether a name says that the column holds a date or a time, whatever it is for.
  static func saysDate(_ column: String) -> Bool {
    let name = ColumnName(column)
    return dates.contains { name.fit($0) >= 2 }
  }

  private static let words: [ColumnRole: [String]] = [
    .name: [
      "name", "full_name", "fullname", "customer_name", "client_name", "contact_name",
      "display_name", "first_name", "姓名", "名字", "名称", "客户名", "联系人", "xingming", "mingcheng",
      "mingzi", "kundenname", "vorname", "nachname", "nom", "prenom", "raison_sociale",
    ],
    .email: [
      "email", "e_mail", "mail", "email_address", "emailaddress", "mailadresse", "emailadresse",
      "courriel", "adresse_mail", "邮箱", "邮件", "电子邮件", "youxiang", "youjian",
    ],
    .phone: [
      "phone", "mobile", "cell", "tel", "telephone", "phone_number", "mobile_number", "msisdn",
      "cellphone", "电话", "手机", "手机号", "联系方式", "dianhua", "shouji", "shoujihao", "telefon",
      "handy", "mobil", "rufnummer", "telefonnummer", "portable",
    ],
    .language: [
      "lang", "language", "locale", "语言", "yuyan", "sprache", "langue",
    ],
    .timezone: [
      "tz", "timezone", "time_zone", "时区", "shiqu", "zeitzone", "fuseau", "fuseau_horaire",
    ],
    .owner: [
      "owner", "assigned_to", "assignee", "account_manager", "sales_rep", "salesperson", "agent",
      "负责人", "销售", "客户经理", "跟进人", "fuzeren", "betreuer", "zustandig", "verantwortlich",
      "bearbeiter", "responsable", "commercial",
    ],
    .status: ["status", "state", "stage", "状态", "阶段", "zhuangtai", "zustand", "statut", "etat"],
    .deleted: [
      "deleted", "is_deleted", "deleted_at", "is_del", "del_flag", "removed", "removed_at",
      "archived",
      "archived_at", "删除", "已删除", "是否删除", "shanchu", "geloscht", "geloescht", "supprime",
    ],
    .updated: [
      "updated_at", "updated_on", "updated", "modified_at", "modified_on", "modified",
      "last_modified",
      "changed_at", "changed", "last_change", "update_time", "modify_time", "mtime", "row_version",
      "rowversion", "更新时间", "修改时间", "更新日期", "gengxin_shijian", "gengxinshijian", "geandert",
      "geandert_am", "geaendert_am", "aktualisiert", "aktualisiert_am", "modifie_le", "mis_a_jour",
      "date_modification",
    ],
    .created: [
      "created_at", "created_on", "created", "create_time", "creation_date", "registered_at",
      "signup_date", "ctime", "创建时间", "注册时间", "创建日期", "chuangjian_shijian", "chuangjianshijian",
      "angelegt", "angelegt_am", "erstellt", "erstellt_am", "cree_le", "date_creation",
    ],
    .customer: [
      "customer_id", "client_id", "customer", "client", "account_id", "member_id", "user_id",
      "contact_id", "customer_no", "cust_id", "customer_number", "uid", "客户编号", "客户号", "客户id",
      "用户id",
      "会员id", "会员号", "kehu_id", "kehuid", "khid", "kunde_id", "kunden_id", "kundennr", "kunden_nr",
      "kundennummer", "id_client", "numero_client",
    ],
    .ends: [
      "end", "ends", "ends_on", "ends_at", "end_date", "end_at", "end_on", "end_time", "due",
      "due_on", "due_at", "due_date",
      "expires", "expires_on", "expires_at", "expire_date", "expire_time", "expiry", "expiry_date",
      "expiration", "expiration_date", "valid_until", "valid_to", "deadline", "renewal_date",
      "到期", "到期日", "到期时间", "截止", "有效期", "结束日期", "结束时间", "daoqi", "daoqiri", "daoqi_riqi",
      "jieshu", "fallig", "fallig_am", "faellig_am", "falligkeit", "ablauf", "ablaufdatum", "ende",
      "enddatum", "gultig_bis", "gueltig_bis", "lauft_ab_am", "echeance", "date_echeance",
      "date_fin", "fin",
      "expire_le", "valable_jusqu_au",
    ],
    .begins: [
      "start", "starts_on", "starts_at", "started_on", "started_at", "start_date", "start_at",
      "start_on", "begin",
      "begins_on", "begin_date", "valid_from", "开始日期", "开始时间", "起始", "kaishi", "beginn",
      "startdatum", "gultig_ab", "date_debut", "debut",
    ],
    .birthday: [
      "birthday", "birth_date", "birthdate", "date_of_birth", "dob", "born", "born_on", "生日",
      "出生日期",
      "出生", "shengri", "geburtstag", "geburtsdatum", "geboren", "naissance", "date_naissance",
      "date_de_naissance",
    ],
    .secret: [
      "password", "passwort", "kennwort", "pwd", "passwd", "secret", "token", "api_key", "pin",
      "mot_de_passe", "mdp", "密码", "口令", "mima", "password_hash",
    ],
  ]

  /// A login or a file has a name too, and it is not the one to begin a letter with.
  private static let notNames = [
    "user_name", "username", "login", "file_name", "filename", "product_name", "host_name",
    "nickname", "用户名", "产品", "商品", "benutzername", "produktname", "dateiname",
  ]

  private static let dates = [
    "date", "time", "datetime", "timestamp", "day", "on", "at", "日期", "时间", "日", "riqi", "shijian",
    "datum", "zeit", "am", "tag", "le", "heure",
  ]
}

/// The names of keys, where no key is declared.
enum KeyWords {
  /// Whether a column of that name may be the key of a table of that name.
  static func isKey(_ column: String, of table: String) -> Bool {
    let name = ColumnName(column).text
    let singular = ColumnName(table).text.dropLast().reversed().drop { $0 == "s" }.reversed()
    return words.contains(name) || name == String(singular) + "_id_"
      || ColumnName(column).text.hasSuffix("编号_")
  }

  private static let words: Set<String> = [
    "_id_", "_key_", "_no_", "_nr_", "_uuid_", "_guid_", "_number_", "_nummer_", "_numero_",
    "_customer_id_", "_customer_no_", "_kunden_id_", "_kundennr_", "_kunden_nr_", "_kundennummer_",
    "_client_id_", "_id_client_", "_编号_", "_序号_", "_客户id_", "_客户号_", "_客户编号_", "_kehu_id_",
    "_bianhao_",
  ]
}

/// The names of tables that hold customers.
enum CustomerWords {
  /// How well a table's name says that its rows are customers: two where it says so, one where they may be.
  static func fit(_ table: String) -> Int {
    let name = ColumnName(table)
    if sure.contains(where: { name.fit($0) >= 2 }) { return 2 }
    return sure.contains(where: { name.fit($0) > 0 }) || perhaps.contains { name.fit($0) >= 2 }
      ? 1 : 0
  }

  private static let sure = [
    "customer", "customers", "client", "clients", "subscriber", "subscribers", "member", "members",
    "客户", "会员", "顾客", "客户信息", "客户表", "kehu", "huiyuan", "guke", "kunde", "kunden", "kundin",
    "mitglied", "mitglieder", "abonnent", "abonnenten", "abonne", "abonnes", "adherent",
    "adherents",
  ]
  private static let perhaps = [
    "user", "users", "account", "accounts", "contact", "contacts", "person", "persons", "people",
    "buyer", "buyers", "student", "students", "patient", "patients", "partner", "partners", "用户",
    "学员", "联系人", "yonghu", "benutzer", "nutzer", "kontakt", "kontakte", "personen", "utilisateur",
    "utilisateurs", "contacts_clients",
  ]
}
