import Foundation
import Glibc
import KindlyCore
import Synchronization

/// Stands in for the providers of text messages and of WeChat: an HTTP server on this machine that takes every message.
///
/// It knows as much of HTTP as Kindly's requests need. Each connection has a thread, which ends when the daemon hangs up.
final class DemoProviders: Sendable {
  /// A message that a phone would show.
  struct Message: Hashable, Sendable {
    enum Way: String, Sendable {
      case sms, wechat
    }

    let way: Way
    /// A phone number, or an OpenID.
    let recipient: String
    let text: String
  }

  let port: UInt16
  private let listener: Int32
  private let taken = Mutex<[Message]>([])

  var messages: [Message] { taken.withLock { $0 } }

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        listener >= 0 && bind(listener, generic, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard isListening else {
      throw DemoProblem("cannot listen on 127.0.0.1: \(String(cString: strerror(errno)))")
    }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [self] in accept() }
    thread.start()
  }

  /// Takes no more connections.
  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      guard connection >= 0 else { break }
      let thread = Thread { [self] in
        serve(connection)
        Glibc.close(connection)
      }
      thread.start()
    }
    Glibc.close(listener)
  }

  private func serve(_ connection: Int32) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = read(connection, &buffer, buffer.count)
      guard count > 0 else { return }
      bytes += buffer[..<count]
      while let request = DemoRequest(takenFrom: &bytes) {
        let answer = self.answer(to: request)
        let text =
          "HTTP/1.1 \(answer.status)\r\nContent-Type: application/json\r\nContent-Length: \(answer.body.utf8.count)\r\n\r\n"
          + answer.body
        _ = send(connection, text, text.utf8.count, Int32(MSG_NOSIGNAL))
      }
    }
  }

  private func answer(to request: DemoRequest) -> (status: String, body: String) {
    if request.path.hasPrefix("/2010-04-01/") {
      let form = request.form
      take(.sms, form["To"] ?? "", form["Body"] ?? "")
      return ("201 Created", "{\"sid\": \"SMdemo\", \"status\": \"queued\", \"error_code\": null}")
    }
    if request.path.hasPrefix("/cgi-bin/stable_token") {
      return ("200 OK", "{\"access_token\": \"demo\", \"expires_in\": 7200}")
    }
    if let letter = request.weChatLetter {
      // The number behind each name is its place in the template.
      let fields = letter.data.sorted { $0.key.filter(\.isNumber) < $1.key.filter(\.isNumber) }
        .map(\.value.value)
      take(.wechat, letter.touser, fields.joined(separator: ", "))
      return ("200 OK", "{\"errcode\": 0, \"errmsg\": \"ok\", \"msgid\": 1}")
    }
    return ("404 Not Found", "{}")
  }

  private func take(_ way: Message.Way, _ recipient: String, _ text: String) {
    taken.withLock { $0.append(Message(way: way, recipient: recipient, text: text)) }
  }
}

/// A request as Kindly's channels write it, with a Content-Length.
private struct DemoRequest {
  let path: String
  private let body: [UInt8]

  struct WeChatLetter: Decodable {
    struct Field: Decodable {
      let value: String
    }

    let touser: String
    let data: [String: Field]
  }

  private static let end = Array("\r\n\r\n".utf8)

  /// Removes the first request from the bytes; nil where it is not there as a whole.
  init?(takenFrom bytes: inout [UInt8]) {
    guard let end = bytes.firstRange(of: DemoRequest.end) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
      .components(separatedBy: "\r\n")
    let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.dropFirst("content-length:".count).trimmed) }
    let total = end.upperBound + (length ?? 0)
    guard bytes.count >= total else { return nil }
    path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
    body = Array(bytes[end.upperBound..<total])
    bytes.removeFirst(total)
  }

  /// The fields of a form (application/x-www-form-urlencoded).
  var form: [String: String] {
    let pairs = String(decoding: body, as: UTF8.self).split(separator: "&").map { pair in
      pair.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
    }
    return Dictionary(
      pairs.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }, uniquingKeysWith: { $1 })
  }

  var weChatLetter: WeChatLetter? {
    // Losing the error is right: it is another request then.
    try? JSONDecoder().decode(WeChatLetter.self, from: Data(body))
  }
}
