import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AgreedTime } from './agreed-time.ts'
import { DAY, HOUR, MINUTE, type EpochMicros } from './clock.ts'

const NOW = Date.parse('2026-06-01T00:00:00Z') * 1_000

function agreedTime(own = NOW) {
  const machine = { own, passed: 0 }
  const time = new AgreedTime(
    () => machine.own,
    () => machine.passed,
  )
  const pass = (micros: EpochMicros) => {
    machine.own += micros
    machine.passed += micros
  }
  return { machine, time, pass }
}

describe('the agreed time', () => {
  it('is the machine’s where nobody says otherwise', () => {
    expect(agreedTime().time.now()).toBe(NOW)
    expect(agreedTime().time.disagreement).toBeNull()
  })

  it('is the API server’s while the machine is ahead of it, says so, and goes on', () => {
    const { machine, time, pass } = agreedTime(NOW + 730 * DAY)
    time.heard(NOW)
    expect(time.now()).toBe(NOW)
    expect(time.disagreement?.text).toContain('730 days ahead of that of the API server')
    pass(5 * MINUTE)
    expect(time.now()).toBe(NOW + 5 * MINUTE)
    machine.own = NOW + 5 * MINUTE
    expect(time.disagreement).toBeNull()
  })

  it('is the machine’s while a server is ahead of it, or it is behind, which is said', () => {
    const { time } = agreedTime()
    time.heard(NOW + 730 * DAY)
    expect(time.now()).toBe(NOW)
    expect(time.disagreement?.text).toContain('730 days behind')
  })

  it('is the newest that a server says', () => {
    const { time } = agreedTime()
    time.heard(NOW - 900 * DAY)
    time.heard(NOW)
    time.heard(NOW - 800 * DAY)
    expect(time.now()).toBe(NOW)
    expect(time.disagreement).toBeNull()
  })

  it('waits at the last run until a server has answered, then goes on', () => {
    const { time, pass } = agreedTime(NOW + 3 * DAY)
    time.lastRunEnded(NOW)
    expect([time.now(), time.isWaiting, time.disagreement]).toEqual([NOW, true, null])
    pass(HOUR)
    expect(time.now()).toBe(NOW + HOUR)
    time.heard(NOW + 3 * DAY + HOUR)
    expect([time.now(), time.isWaiting]).toEqual([NOW + 3 * DAY + HOUR, false])
  })

  it('notices a clock that jumps while it runs', () => {
    const { machine, time } = agreedTime()
    time.heard(NOW)
    machine.own = NOW + 2 * HOUR
    expect(time.now()).toBe(NOW)
    expect(time.disagreement?.text).toContain('2 hours ahead')
  })

  it('is never ahead of the machine, nor more than an hour ahead of what others say', () => {
    const micros = fc.integer({ min: 0, max: 2 * NOW })
    fc.assert(
      fc.property(micros, micros, fc.array(micros, { minLength: 1 }), (own, lastRun, servers) => {
        const { time } = agreedTime(own)
        time.lastRunEnded(lastRun)
        for (const server of servers) time.heard(server)
        expect(time.now()).toBeLessThanOrEqual(own)
        expect(time.now()).toBeLessThanOrEqual(Math.max(...servers) + HOUR)
      }),
    )
  })
})
