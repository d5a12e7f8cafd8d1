/// The word of a list that somebody most likely meant, for "did you mean".
///
/// - Shape: nil unless one lies within two edits and within half the word's length.
func nearest(to word: String, among candidates: [String]) -> String? {
    let best = candidates.map { (word: $0, distance: editDistance(word, $0)) }
        .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
    guard let best, best.distance <= 2, best.distance * 2 <= word.count else { return nil }
    return best.word
}

/// How many insertions, deletions, exchanges and swaps of neighbours turn one word into another.
private func editDistance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var rows = [Array(0...right.count)]
    for (row, character) in left.enumerated() {
        var next = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(
                rows[row][column] + (character == other ? 0 : 1),
                rows[row][column + 1] + 1,
                next[column] + 1
            )
            if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                cost = min(cost, rows[row - 1][column - 1] + 1)
            }
            next.append(cost)
        }
        rows.append(next)
    }
    return rows[left.count][right.count]
}
