#if MariaDB
  /// The real encoding of the bytes in latin1 columns, by the server's own name for it.
  ///
  /// If an application never declares its encoding, its bytes are stored as latin1, whatever they are. The server
  /// itself can decode them, so that conditions see the text as people do.
  enum MariaDBEncoding {
    /// By the names of iconv(1), in capitals.
    private static let names: [String: String] = [
      "UTF-8": "utf8mb4", "UTF8": "utf8mb4", "GBK": "gbk", "CP936": "gbk", "GB2312": "gb2312",
      "EUC-CN": "gb2312", "BIG5": "big5", "BIG-5": "big5", "CP950": "big5", "SHIFT_JIS": "cp932",
      "SJIS": "cp932", "CP932": "cp932", "EUC-JP": "eucjpms", "EUC-KR": "euckr", "CP949": "euckr",
      "KOI8-R": "koi8r", "KOI8-U": "koi8u", "CP1250": "cp1250", "CP1251": "cp1251",
      "CP1256": "cp1256", "CP1257": "cp1257", "ISO-8859-2": "latin2", "ISO-8859-7": "greek",
      "ISO-8859-8": "hebrew", "ISO-8859-9": "latin5", "ISO-8859-13": "latin7", "TIS-620": "tis620",
    ]

    static func characterSet(
      _ encoding: String, isMariaDB: Bool
    ) throws(MariaDBFailure) -> String {
      let name = encoding.uppercased()
      // MariaDB has no GB18030; what GBK lacks of it are rare characters.
      if name == "GB18030" { return isMariaDB ? "gbk" : "gb18030" }
      guard let found = names[name] else { throw .unknownEncoding(encoding) }
      return found
    }

    /// A column of latin1 as its text really is.
    static func decoded(_ name: String, as characterSet: String) -> String {
      "CONVERT(CAST(\(name) AS BINARY) USING \(characterSet))"
    }
  }
#endif
