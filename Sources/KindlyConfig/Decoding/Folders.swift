import KindlyCore

/// Decodes `folders:`, the folders whose files letters may attach.
struct FolderDecoder {
  let findings: Findings

  func folder(_ name: String, _ item: Item) -> AttachmentFolder? {
    Text(item, key: name, findings: findings)?
      .value("the absolute path of a folder", Notation.absolutePath)
      .map { AttachmentFolder(name: name, path: $0, place: item.spot.place) }
  }
}
