/** Words further away than this many typing mistakes are not suggested; for a short word one is many. */
const MOST_MISTAKES = 2
const LETTERS_PER_MISTAKE = 3
/** Longer words are not compared: the work grows with the product of the lengths. */
const LONGEST_WORD = 64

/** The candidate that `word` was most likely meant to be, or null when none is near. Case does not count. */
export function closestWord(word: string, candidates: readonly string[]): string | null {
  if (word.length > LONGEST_WORD) return null
  const most = Math.min(MOST_MISTAKES, Math.ceil(word.length / LETTERS_PER_MISTAKE))
  const ranked = candidates
    .map((candidate) => ({ candidate, mistakes: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ mistakes }) => mistakes <= most)
    .sort((a, b) => a.mistakes - b.mistakes)
  return ranked[0]?.candidate ?? null
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}
