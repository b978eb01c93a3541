import { describe, expect, it } from 'vitest'
import { mapInSlices } from './slices.ts'

describe('a long list, worked on in slices', () => {
  it('keeps its order and gives others their turn', async () => {
    let turns = 0
    const others = setInterval(() => (turns += 1), 1)
    const numbers = Array.from({ length: 200 }, (_, index) => index)
    const squares = await mapInSlices(numbers, (each) => {
      const until = performance.now() + 1
      while (performance.now() < until);
      return each * each
    })
    clearInterval(others)
    expect(squares).toEqual(numbers.map((each) => each * each))
    expect(turns).toBeGreaterThan(10)
  })

  it('of nothing is nothing', async () => {
    expect(await mapInSlices([], String)).toEqual([])
  })
})
