import Foundation

extension Error {
  /// Why the system refused to read or write a file, such as `Input/output error`.
  ///
  /// Foundation's own description of many such errors names no cause.
  package var systemCause: String {
    let cause = (self as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    guard let cause, cause.domain == NSPOSIXErrorDomain else { return localizedDescription }
    return String(cString: strerror(Int32(cause.code)))
  }
}
