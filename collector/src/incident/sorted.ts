/** How many of the first, in a sorted list, hold the condition: found by halving. */
export function countFirst<Each>(sorted: readonly Each[], holds: (each: Each) => boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const each = sorted[middle]
    if (each !== undefined && holds(each)) low = middle + 1
    else high = middle
  }
  return low
}
