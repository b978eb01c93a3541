/** The greatest of any number of values: a spread of a hundred thousand is more arguments than a call takes. */
export function greatest<Each>(all: Iterable<Each>, of: (each: Each) => number): number {
  let most = Number.NEGATIVE_INFINITY
  for (const each of all) most = Math.max(most, of(each))
  return most
}

export function least<Each>(all: Iterable<Each>, of: (each: Each) => number): number {
  return -greatest(all, (each) => -of(each))
}
