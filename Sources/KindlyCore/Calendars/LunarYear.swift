/// The shape of one year of the Chinese calendar: when it begins, how long its months are, which month comes twice.
struct LunarYear {
  /// The Gregorian year in which it begins.
  let number: Int
  /// See `codes`.
  private let code: UInt32

  /// The years whose shape is known.
  static let known = 1900...2100

  /// A year; nil where its shape is not known.
  init?(_ number: Int) {
    guard LunarYear.known.contains(number) else { return nil }
    self.number = number
    code = LunarYear.codes[number - LunarYear.known.lowerBound]
  }

  /// The month that comes twice, the second time as a leap month; nil in a year of twelve months.
  var leapMonth: Int? {
    let month = Int(code >> 13 & 0xF)
    return month == 0 ? nil : month
  }

  /// How many months it has: 12 or 13.
  var monthCount: Int { leapMonth == nil ? 12 : 13 }

  /// The day number of its first day, `CivilDate.dayNumber`.
  var firstDay: Int {
    let before = number - 1
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    let january = 365 * before + before / 4 - before / 100 + before / 400 - 719_162
    return january + Int(code >> 17)
  }

  /// How many days its month has, counted from 0 and leap months included: 29 or 30.
  func length(ofMonthAt index: Int) -> Int { 29 + Int(code >> index & 1) }

  /// How many days the year has.
  var length: Int { 29 * monthCount + (code & 0x1FFF).nonzeroBitCount }

  /// Where a month stands among the months of the year, from 0; nil where the year has none such.
  func index(ofMonth month: Int, isLeap: Bool) -> Int? {
    guard (1...12).contains(month) else { return nil }
    guard let leapMonth else { return isLeap ? nil : month - 1 }
    if isLeap { return month == leapMonth ? month : nil }
    return month <= leapMonth ? month - 1 : month
  }

  /// The month at a place among the months of the year, from 0.
  func month(at index: Int) -> (number: Int, isLeap: Bool) {
    guard let leapMonth, index >= leapMonth else { return (index + 1, false) }
    return (index, index == leapMonth)
  }

  /// The years from 1900 on, ten a line.
  ///
  /// Bit i from 0 to 12 is set where the month at place i has 30 days, bits 13 to 16 are the month that comes twice (0: none),
  /// and the bits from 17 on say how many days after 1 January the year begins.
  ///
  /// From 1921 on they are ICU's astronomical calendar, read through Foundation with its day 0 of 2057-09-28 and
  /// 2097-08-07 taken as the last day of the month before. `sxtwl`, `LunarCalendar`, `zhdate`, `lunar-python` and `borax`
  /// on PyPI agree for every day but those of three months: the new moons of 2057-09-28, 2089-09-04 and 2097-08-07 fall
  /// within seconds of midnight, and the sources differ by that day. Before 1921 they are the almanac, which all of these
  /// libraries follow; ICU computes the months from 1914-11-17, 1916-02-03 and 1920-11-10 on by a day otherwise.
  private static let codes: [UInt32] = [
    0x3D_16D2, 0x62_0752, 0x4C_0EA5, 0x38_B64A, 0x5C_064B, 0x44_0A9B, 0x30_9556, 0x56_056A,
    0x40_0B59, 0x2A_5752,
    0x50_0752, 0x3A_DB25, 0x60_0B25, 0x48_0A4B, 0x32_B4AB, 0x58_02AD, 0x42_056B, 0x2C_4B69,
    0x52_0DA9, 0x3E_FD92,
    0x64_0E92, 0x4C_0D25, 0x36_BA4D, 0x5C_0A56, 0x46_02B6, 0x2E_95B5, 0x56_06D4, 0x40_0EA9,
    0x2C_5E92, 0x50_0E92,
    0x3A_CD26, 0x5E_052B, 0x48_0A57, 0x32_B2B6, 0x58_0B5A, 0x44_06D4, 0x2E_6EC9, 0x52_0749,
    0x3C_F693, 0x62_0A93,
    0x4C_052B, 0x34_CA5B, 0x5A_0AAD, 0x46_056A, 0x30_9B55, 0x56_0BA4, 0x40_0B49, 0x2A_5A93,
    0x50_0A95, 0x38_F52D,
    0x5E_0536, 0x48_0AAD, 0x34_B5AA, 0x58_05B2, 0x42_0DA5, 0x2E_7D4A, 0x54_0D4A, 0x3D_0A95,
    0x60_0A97, 0x4C_0556,
    0x36_CAB5, 0x5A_0AD5, 0x46_06D2, 0x30_8EA5, 0x56_0EA5, 0x40_064A, 0x28_6C97, 0x4E_0A9B,
    0x3A_F55A, 0x5E_056A,
    0x48_0B69, 0x34_B752, 0x5A_0B52, 0x42_0B25, 0x2C_964B, 0x52_0A4B, 0x3D_14AB, 0x60_02AD,
    0x4A_056D, 0x36_CB69,
    0x5C_0DA9, 0x46_0D92, 0x30_9D25, 0x56_0D25, 0x41_5A4D, 0x64_0A56, 0x4E_02B6, 0x38_C5B5,
    0x5E_06D5, 0x48_0EA9,
    0x34_BE92, 0x5A_0E92, 0x44_0D26, 0x2C_6A56, 0x50_0A57, 0x3D_14D6, 0x62_035A, 0x4A_06D5,
    0x36_B6C9, 0x5C_0749,
    0x46_0693, 0x2E_952B, 0x54_052B, 0x3E_0A5B, 0x2A_555A, 0x4E_056A, 0x38_FB55, 0x60_0BA4,
    0x4A_0B49, 0x32_BA93,
    0x58_0A95, 0x42_052D, 0x2C_8AAD, 0x50_0AB5, 0x3D_35AA, 0x62_05D2, 0x4C_0DA5, 0x36_DD4A,
    0x5C_0D4A, 0x46_0C95,
    0x30_952E, 0x54_0556, 0x3E_0AB5, 0x2A_55B2, 0x50_06D2, 0x38_CEA5, 0x5E_0725, 0x48_064B,
    0x32_AC97, 0x56_0CAB,
    0x42_055A, 0x2C_6AD6, 0x52_0B69, 0x3D_7752, 0x62_0B52, 0x4C_0B25, 0x36_DA4B, 0x5A_0A4B,
    0x44_04AB, 0x2E_A55B,
    0x54_05AD, 0x3E_0B6A, 0x2A_5B52, 0x50_0D92, 0x3A_FD25, 0x5E_0D25, 0x48_0A55, 0x32_B4AD,
    0x58_04B6, 0x40_05B5,
    0x2C_6DAA, 0x52_0EC9, 0x3F_1E92, 0x62_0E92, 0x4C_0D26, 0x36_CA56, 0x5A_0A57, 0x44_04D6,
    0x2E_86D5, 0x54_0755,
    0x40_0749, 0x28_6E93, 0x4E_0693, 0x38_F52B, 0x5E_052B, 0x46_0A5B, 0x32_B55A, 0x58_056A,
    0x42_0B65, 0x2C_974A,
    0x52_0B4A, 0x3D_1A95, 0x62_0A95, 0x4A_052D, 0x34_CAAD, 0x5A_0AB5, 0x46_05AA, 0x2E_8BA5,
    0x54_0DA5, 0x40_0D4A,
    0x2A_7C95, 0x4E_0C96, 0x38_F94E, 0x5E_0556, 0x48_0AB5, 0x32_B5B2, 0x58_06D2, 0x42_0EA5,
    0x2E_8E4A, 0x50_068B,
    0x3B_0C97, 0x60_04AB, 0x4A_055B, 0x34_CAD6, 0x5A_0B6A, 0x46_0752, 0x30_9725, 0x54_0B25,
    0x3E_0A8B, 0x28_549B,
    0x4E_04AB,
  ]
}

extension LunarYear {
  /// The most days that a year has: thirteen months, eight of them of 30 days.
  static let longest = 385
}
