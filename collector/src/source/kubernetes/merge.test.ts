import { describe, expect, it } from 'vitest'
import { mergeBatches } from './merge.ts'

const never = new AbortController().signal

async function* numbers(from: number, count: number, taken: number[] = []): AsyncGenerator<number> {
  for (let number = from; number < from + count; number++) {
    yield number
    taken.push(number)
  }
}

async function all(source: AsyncIterable<number>): Promise<number[]> {
  const items: number[] = []
  for await (const item of source) items.push(item)
  return items
}

describe('mergeBatches', () => {
  it('hands over every item of every source, in the order of its source', async () => {
    const items = await all(mergeBatches([() => numbers(0, 50), () => numbers(100, 50)], never))
    expect(items.filter((item) => item < 100)).toEqual(Array.from({ length: 50 }, (_, index) => index))
    expect(items).toHaveLength(100)
  })

  it('does not ask a source for more before its item was taken', async () => {
    const taken: number[] = []
    const merged = mergeBatches([() => numbers(0, 10, taken)], never)
    await merged.next()
    await new Promise(setImmediate)
    expect(taken).toEqual([])
    await merged.next()
    expect(taken).toEqual([0])
    await merged.return(undefined)
  })

  it('stops the sources when the consumer leaves', async () => {
    let signal: AbortSignal | undefined
    const merged = mergeBatches([(given) => ((signal = given), numbers(0, 10))], never)
    await merged.next()
    await merged.return(undefined)
    expect(signal?.aborted).toBe(true)
  })

  it('stops the sources when its own signal aborts, and ends without an error', async () => {
    const stop = new AbortController()
    async function* endless(signal: AbortSignal): AsyncGenerator<number> {
      while (!signal.aborted) {
        yield 1
        await new Promise(setImmediate)
      }
    }
    let seen = 0
    for await (const item of mergeBatches([endless, endless], stop.signal)) {
      seen += item
      if (seen === 10) stop.abort()
    }
    expect(seen).toBeGreaterThanOrEqual(10)
  })

  it('passes on what a source throws', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1
      throw new Error('broken source')
    }
    await expect(all(mergeBatches([broken, () => numbers(0, 3)], never))).rejects.toThrow('broken source')
  })
})
