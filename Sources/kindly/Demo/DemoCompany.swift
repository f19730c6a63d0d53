import KindlyCore

/// The customers of the demo's company and what they have ordered. All of them are invented.
struct DemoCompany {
  /// When the demo runs; every date is counted from it.
  let now: Instant
  /// The company's zone.
  let zone: Zone

  struct Person {
    let name: String
    /// The mail address before `.example`.
    let mail: String
    let phone: String
    let origin: Origin
  }

  /// Where a customer lives decides the language and the zone.
  enum Origin {
    case china, britain, america, germany, france

    var language: String { self == .china ? "zh-Hans" : "en" }

    var zone: String {
      switch self {
      case .china: "Asia/Shanghai"
      case .britain: "Europe/London"
      case .america: "America/New_York"
      case .germany: "Europe/Berlin"
      case .france: "Europe/Paris"
      }
    }

    /// A number that the country keeps for films, or that it cannot have.
    func phone(_ number: Int) -> String {
      let two = padded(number, to: 2)
      return switch self {
      case .china: "+86 100 0000 00\(two)"
      case .britain: "+44 7700 9001\(two)"
      case .america: "+1 212 555 01\(two)"
      case .germany: "+49 30 231255\(two)"
      case .france: "+33 6 39 98 01 \(two)"
      }
    }
  }

  static let people: [Person] =
    group(
      .china,
      [
        ("刘洋", "liu.yang@yunqi"), ("赵敏", "zhao.min@hetian"), ("孙丽", "sun.li@qingshan"),
        ("李娜", "li.na@oldmail"), ("周杰", "zhou.jie@beichen"), ("吴涛", "wu.tao@lanhai"),
        ("郑爽", "zheng.shuang@mingde"), ("冯刚", "feng.gang@jinhe"),
        ("张伟", "zhang.wei@yuanfang"), ("蒋欣", "jiang.xin@dongli"),
        ("陈思远", "chen.siyuan@haitang"), ("沈静", "shen.jing@baihe"),
        ("韩梅", "han.mei@chunhui"), ("杨帆", "yang.fan@xingchen"), ("朱琳", "zhu.lin@nanfeng"),
        ("秦朗", "qin.lang@tianyi"), ("许晴", "xu.qing@wanhe"), ("何勇", "he.yong@taihang"),
      ])
    + group(
      .britain,
      [
        ("Oliver Bennett", "oliver@bennett-books"), ("Grace Whitfield", "grace@whitfield-dairy"),
        ("Arthur Pemberton", "arthur@pemberton-maps"), ("Isla Fraser", "isla@fraser-boats"),
        ("Samir Desai", "samir@desai-dental"), ("Nora O'Leary", "nora@oleary-tea"),
      ])
    + group(
      .america,
      [
        ("Walter Briggs", "walter@briggs-hardware"), ("Denise Alvarado", "denise@alvarado-law"),
        ("Theo Lindqvist", "theo@lindqvist-lumber"), ("Maya Thornton", "maya@thornton-labs"),
        ("Curtis Boone", "curtis@boone-freight"), ("Ruth Abernathy", "ruth@abernathy-farm"),
      ])
    + group(
      .germany,
      [
        ("Hannah Köhler", "hannah@koehler-optik"), ("Jürgen Weiß", "juergen@weiss-druck"),
        ("Lena Vogt", "lena@vogt-gartenbau"),
      ])
    + group(
      .france,
      [
        ("Camille Laurent", "camille@laurent-vins"), ("Étienne Roux", "etienne@roux-traduction"),
        ("Margaux Petit", "margaux@petit-atelier"),
      ])

  /// Who comes while the demo runs, with the keys behind those of the others.
  static let newcomers = [
    Person(
      name: "王小明", mail: "wang.xiaoming@qiming", phone: Origin.china.phone(37), origin: .china),
    Person(
      name: "Emily Carter", mail: "emily@carter-ceramics", phone: Origin.america.phone(38),
      origin: .america),
  ]

  /// A customer's name, by the key of the row.
  static func name(of customer: Int) -> String {
    let everyone = people + newcomers
    return everyone.indices.contains(customer - 1)
      ? everyone[customer - 1].name : "customer \(customer)"
  }

  private static func group(_ origin: Origin, _ people: [(name: String, mail: String)]) -> [Person]
  {
    people.enumerated().map { index, person in
      Person(
        name: person.name, mail: person.mail, phone: origin.phone(index + 1), origin: origin)
    }
  }
}
