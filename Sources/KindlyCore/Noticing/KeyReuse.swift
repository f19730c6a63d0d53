extension ComparedColumns {
  /// The witnesses that differ where a key that was gone comes back and stands for another; empty where it is the same row.
  ///
  /// It stands for another where most of the witnesses that were kept of it are other values. Without a witness nobody can
  /// tell, and the row counts as the one that came back, because a letter that went out is not to go out again.
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
  /// Whether it is the insert of a row whose key another row had before.
  package var isReuse: Bool { operation == .insert && !changed.isEmpty }
}
