extension Festival {
  /// The festivals that Kindly knows by itself, in the order of the calendar.
  static let known: [Festival] = chineseCalendar + china + western

  /// The festivals of the Chinese calendar, and the two of the solar terms.
  private static let chineseCalendar = [
    Festival(
      "Laba Festival", chinese: "腊八节", on: lunar(12, 8), aliases: ["Laba", "腊八"]),
    Festival(
      "Little New Year", chinese: "小年", on: lunar(12, 23),
      aliases: ["Xiaonian", "Northern Little New Year", "北方小年"]),
    Festival(
      "Chinese New Year's Eve", chinese: "除夕", on: .lunar(.lastOfYear),
      aliases: ["Lunar New Year's Eve", "Spring Festival Eve", "Chuxi", "大年三十", "年三十", "大年夜"]),
    Festival(
      "Spring Festival", chinese: "春节", on: lunar(1, 1),
      aliases: [
        "Chinese New Year", "Chinese New Year's Day", "Lunar New Year", "大年初一", "正月初一", "農曆新年",
      ]),
    Festival(
      "Lantern Festival", chinese: "元宵节", on: lunar(1, 15),
      aliases: ["Lantern", "元宵", "上元节", "Yuanxiao"]),
    Festival(
      "Qingming Festival", chinese: "清明节", on: .solarTerm(.qingming),
      aliases: ["Qingming", "Tomb-Sweeping Day", "Tomb-Sweeping Festival", "清明"]),
    Festival(
      "Dragon Boat Festival", chinese: "端午节", on: lunar(5, 5),
      aliases: ["Dragon Boat", "Duanwu", "端午"]),
    Festival(
      "Qixi Festival", chinese: "七夕节", on: lunar(7, 7),
      aliases: [
        "Qixi", "七夕", "Double Seventh Festival", "Double Seventh", "Chinese Valentine's Day",
      ]),
    Festival(
      "Ghost Festival", chinese: "中元节", on: lunar(7, 15),
      aliases: ["Ghost", "Zhongyuan", "Hungry Ghost Festival", "中元"]),
    Festival(
      "Mid-Autumn Festival", chinese: "中秋节", on: lunar(8, 15),
      aliases: ["Mid-Autumn", "Moon Festival", "Zhongqiu", "中秋"]),
    Festival(
      "Double Ninth Festival", chinese: "重阳节", on: lunar(9, 9),
      aliases: ["Double Ninth", "Chongyang", "重阳"]),
    Festival(
      "Winter Solstice", chinese: "冬至", on: .solarTerm(.winterSolstice),
      aliases: ["Dongzhi", "冬至节"]),
  ]

  private static let china = [
    Festival("New Year's Day", chinese: "元旦", on: .fixed(month: 1, day: 1), aliases: ["元旦节"]),
    Festival(
      "Women's Day", chinese: "妇女节", on: .fixed(month: 3, day: 8),
      aliases: ["International Women's Day", "三八妇女节", "女神节"]),
    Festival(
      "Labour Day", chinese: "劳动节", on: .fixed(month: 5, day: 1),
      aliases: ["Labor Day", "May Day", "International Workers' Day", "五一", "五一劳动节", "五一节"]),
    Festival(
      "Children's Day", chinese: "儿童节", on: .fixed(month: 6, day: 1),
      aliases: ["International Children's Day", "六一", "六一儿童节"]),
    Festival("Teachers' Day", chinese: "教师节", on: .fixed(month: 9, day: 10)),
    Festival(
      "National Day", chinese: "国庆节", on: .fixed(month: 10, day: 1),
      aliases: ["Chinese National Day", "国庆", "十一国庆"]),
    Festival(
      "Singles' Day", chinese: "光棍节", on: .fixed(month: 11, day: 11),
      aliases: ["Double Eleven", "双十一", "双11"]),
  ]

  private static let thanksgiving = FestivalDay.weekday(nth: 4, .thursday, month: 11)

  private static let western = [
    Festival(
      "Valentine's Day", chinese: "情人节", on: .fixed(month: 2, day: 14),
      aliases: ["Valentine", "Saint Valentine's Day", "St. Valentine's Day"]),
    Festival("Good Friday", chinese: "耶稣受难日", on: .easter(days: -2)),
    Festival("Easter", chinese: "复活节", on: .easter(days: 0), aliases: ["Easter Sunday"]),
    Festival("Mother's Day", chinese: "母亲节", on: .weekday(nth: 2, .sunday, month: 5)),
    Festival("Father's Day", chinese: "父亲节", on: .weekday(nth: 3, .sunday, month: 6)),
    Festival("Halloween", chinese: "万圣夜", on: .fixed(month: 10, day: 31), aliases: ["万圣节前夜"]),
    Festival(
      "Thanksgiving", chinese: "感恩节", on: thanksgiving,
      aliases: ["Thanksgiving Day", "US Thanksgiving"]),
    Festival("Black Friday", chinese: "黑色星期五", on: .after(thanksgiving, days: 1), aliases: ["黑五"]),
    Festival("Christmas Eve", chinese: "平安夜", on: .fixed(month: 12, day: 24)),
    Festival(
      "Christmas", chinese: "圣诞节", on: .fixed(month: 12, day: 25),
      aliases: ["Christmas Day", "Xmas", "圣诞"]),
    Festival(
      "Gregorian New Year's Eve", chinese: "跨年夜", on: .fixed(month: 12, day: 31),
      aliases: ["Western New Year's Eve", "跨年"]),
  ]

  /// Names that mean either of two festivals, with the names that tell them apart.
  static let ambiguous: [ExactText: [String]] = [
    Festivals.key("New Year's Eve"): ["Chinese New Year's Eve", "Gregorian New Year's Eve"],
    Festivals.key("New Year"): ["Spring Festival", "New Year's Day"],
    Festivals.key("新年"): ["春节", "元旦"],
  ]

  private static func lunar(_ month: Int, _ day: Int) -> FestivalDay {
    .lunar(.day(month: month, isLeapMonth: false, day: day))
  }
}
