import CCurl
package import KindlyCore

/// Reads dates as headers and providers write them: `Thu, 24 Aug 2023 05:01:45 +0000` (RFC 5322, 3.3; RFC 9110, 5.6.7).
package enum HeaderDate {
  package static func instant(_ text: String) -> Instant? {
    let seconds = curl_getdate(text, nil)
    return seconds >= 0 ? Instant(seconds: Int64(seconds)) : nil
  }
}
