extension ComparedColumns {
  /// The witness columns that differ when a key that was gone reappears with another row; empty if it is the same row.
  ///
  /// It is another row if most of the recorded witnesses differ. Without witnesses nobody can tell, so the row counts
  /// as the same one: a letter must not be sent twice.
  package func turned(from former: RowValues, to present: RowValues) -> [String] {
    let kept = witnesses.filter { former[$0] != nil && present[$0] != nil }
    let differing = kept.filter { column in
      guard let before = former[column], let now = present[column] else { return false }
      return !before.isSame(as: now)
    }
    return differing.count * 2 > kept.count ? differing : []
  }
}

extension NoticedChange {
  /// Whether this is the insert of a row whose key belonged to another row before.
  package var isReuse: Bool { operation == .insert && !changed.isEmpty }
}
