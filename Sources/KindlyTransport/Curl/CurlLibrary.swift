import CCurl
import Glibc

/// The one-time preparation of libcurl for the whole process.
enum CurlLibrary {
  /// Prepares libcurl the first time it is read; Swift runs it once, whichever thread comes first.
  static let ready: Bool = {
    BrokenPipes.areErrors
    // libidn2 turns a domain into punycode only under a UTF-8 locale, and services run in the C locale.
    setlocale(LC_CTYPE, "C.UTF-8")
    return kindly_curl_global_init() == CURLE_OK
  }()
}
