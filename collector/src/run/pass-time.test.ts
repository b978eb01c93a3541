import { describe, expect, it } from 'vitest'
import { MINUTE } from '../clock.ts'
import { passTime } from './pass-time.ts'

describe('time without events', () => {
  it('passes while every stream follows its cluster, and stands still while one does not', async () => {
    const advanced: number[] = []
    const stop = new AbortController()
    let now = 0
    const following = [true, false, true]
    const delay = async () => {
      now += MINUTE
      if (now > 3 * MINUTE) stop.abort()
    }
    const line = { advance: async (time: number) => void advanced.push(time) }
    const states = { get areFollowing() { return following[now / MINUTE - 1] ?? false } } // prettier-ignore
    await passTime(line, states, { clock: () => now, delay }, stop.signal)
    expect(advanced).toEqual([-MINUTE, MINUTE])
  })
})
