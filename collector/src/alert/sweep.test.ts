import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertRulesOf } from '../api/alerts/alert-language.ts'
import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { AlertChange } from '../event/alert.ts'
import type { Edge } from './edge.ts'
import { evaluate, inOrder } from './evaluate.ts'
import { keyOfLabels } from './labels.ts'
import type { AlertRule } from './rule.ts'
import { Sweep, type SavedSweep } from './sweep.ts'

const START = 1_800_000_000 * SECOND
const minute = (number: number): EpochMicros => START + Math.round(number * MINUTE)

function ruleOf(text: string): AlertRule {
  const [rule] = alertRulesOf([{ name: 'a.yaml', text: `alerts: [{ name: a, ${text} }]` }])
  if (rule === undefined) throw new Error('no rule')
  return rule
}

const member = (at: number, id: string, isOn: boolean, group = 'web', happened = at): Edge => ({
  kind: 'member',
  at: minute(at),
  happened: minute(happened),
  id,
  isOn,
  labels: { cluster: 'c', workload: group },
  example: null,
  keys: [group],
  class: 'BackOff',
})
const silencer = (at: number, id: string, isOn: boolean, key = 'web'): Edge => ({
  kind: 'silencer',
  at: minute(at),
  happened: minute(at),
  id,
  isOn,
  key,
})
const count = (at: number, times: number, group = 'web', happened = at): Edge => ({
  kind: 'count',
  at: minute(at),
  happened: minute(happened),
  labels: { cluster: 'c', workload: group },
  count: times,
  isLowerBound: false,
  example: { object: 'Pod a', reason: 'A', note: '', id: 'o' },
})
const awaited = (at: number, id: string, kind: 'expect' | 'met'): Edge => ({
  kind,
  at: minute(at),
  happened: minute(at),
  id,
  labels: { cluster: 'c', workload: 'web' },
  example: { object: 'Pod a', reason: 'A', note: '', id: 'o' },
})

/** State and minute of each change. */
function changesOf(
  rule: AlertRule,
  edges: readonly Edge[],
  until: number,
  breaks: readonly { from: number; to: number | null }[] = [],
) {
  const lost = breaks.map(({ from, to }) => ({ from: minute(from), to: to === null ? null : minute(to) }))
  const time = { cluster: 'c', clock: minute(until), now: minute(until), breaks: lost }
  return evaluate(rule, new Map([['c', edges]]), [time]).changes
}
const shown = (changes: readonly AlertChange[]) =>
  changes.map(({ state, at }) => `${state} ${String((at - START) / MINUTE)}`)

describe('a rule on problems', () => {
  const rule = ruleOf('class: BackOff, for: 3m')

  it('fires once it has held for as long as asked, once for all members, and ends with the last of them', () => {
    const edges = [member(0, 'a', true), member(1, 'b', true), member(9, 'a', false), member(10, 'b', false)]
    expect(shown(changesOf(rule, edges, 30))).toEqual(['firing 3', 'resolved 10'])
    expect(changesOf(rule, edges, 30)[1]).toMatchObject({ startsAt: minute(3), since: minute(0) })
  })

  it('does not fire for what ends before', () => {
    expect(shown(changesOf(rule, [member(0, 'a', true), member(2.9, 'a', false)], 30))).toEqual([])
  })

  it('keeps firing for as long as asked, also where it comes back in between', () => {
    const edges = [member(0, 'a', true), member(5, 'a', false), member(7, 'a', true), member(9, 'a', false)]
    expect(shown(changesOf(ruleOf('class: BackOff, keepFiring: 3m'), edges, 30))).toEqual(['firing 0', 'resolved 12'])
  })

  it('of several needs as many as asked, from when there were so many', () => {
    const edges = [member(0, 'a', true), member(4, 'b', true), member(8, 'a', false)]
    expect(shown(changesOf(ruleOf('class: BackOff, atLeast: 2, for: 1m'), edges, 30))).toEqual([
      'firing 5',
      'resolved 8',
    ])
  })

  it('what came late fires when it is known, and says when it was due', () => {
    const [change] = changesOf(rule, [member(20, 'a', true, 'web', 10)], 30)
    expect(change).toMatchObject({ at: minute(20), due: minute(13), isLate: true })
  })

  it('what was due while nobody watched is late; what was not stays as it was', () => {
    const edges = [member(0, 'a', true), member(40, 'b', true, 'api')]
    const changes = changesOf(rule, edges, 60, [{ from: 2, to: 30 }])
    expect(changes.map(({ labels, isLate }) => [labels['workload'], isLate])).toEqual([['web', true], ['api', false]]) // prettier-ignore
  })

  it('while nobody watches nothing changes', () => {
    const time = { cluster: 'c', clock: minute(2), now: minute(90), breaks: [{ from: minute(2), to: null }] }
    expect(evaluate(rule, new Map([['c', [member(0, 'a', true)]]]), [time]).changes).toEqual([])
  })

  it('what is silenced does not begin to fire until it is not; what fires goes on', () => {
    const unless = ruleOf('class: BackOff, for: 3m, unless: [{ class: NodeNotReady, same: [node] }]')
    const before = [silencer(0, 'n', true), member(1, 'a', true), silencer(10, 'n', false)]
    expect(shown(changesOf(unless, before, 30))).toEqual(['firing 13'])
    const after = [member(0, 'a', true), silencer(5, 'n', true), member(8, 'a', false)]
    expect(shown(changesOf(unless, after, 30))).toEqual(['firing 3', 'resolved 8'])
  })

  it('what fires again and again flaps, and ends only after a calm', () => {
    const flaps = ruleOf('class: BackOff, flapping: { fires: 3, within: 1h, calm: 20m }')
    const edges = [0, 5, 10, 15, 20].flatMap((at) => [member(at, 'a', true), member(at + 1, 'a', false)])
    expect(shown(changesOf(flaps, edges, 90))).toEqual([
      'firing 0',
      'resolved 1',
      'firing 5',
      'resolved 6',
      'flapping 10',
      'resolved 41',
    ])
  })

  it('a new kind of trouble is one that was not there for so long, after a day of watching', () => {
    const news = ruleOf('when: "*", newFor: 7d')
    const days = (number: number) => number * 1_440
    const edges = [
      member(0, 'a', true),
      member(1, 'a', false),
      member(days(2), 'b', true),
      member(days(2) + 1, 'b', false),
    ]
    expect(shown(changesOf(news, edges, days(3)))).toEqual([])
    const later = [...edges, member(days(10), 'c', true), member(days(10) + 1, 'c', false), member(days(11), 'd', true)]
    expect(shown(changesOf(news, later, days(12)))).toEqual([`firing ${String(days(10))}`, `resolved ${String(days(10) + 1)}`]) // prettier-ignore
  })
})

describe('a rule on events', () => {
  it('counts occurrences in a window', () => {
    const rule = ruleOf('on: events, when: "*", over: 10m, atLeast: 5')
    const edges = [count(0, 2), count(3, 2), count(8, 1), count(9, 1, 'api')]
    expect(shown(changesOf(rule, edges, 60))).toEqual(['firing 8', 'resolved 10'])
    expect(changesOf(rule, edges, 60)[0]).toMatchObject({ value: 5, labels: { workload: 'web' } })
  })

  it('what comes later than the window is long reopens none', () => {
    const rule = ruleOf('on: events, when: "*", over: 10m, atLeast: 5')
    expect(changesOf(rule, [count(0, 1), count(30, 9, 'web', 5)], 60)).toEqual([])
  })

  it('tells of an event that was not followed by another in time, until that one comes', () => {
    const rule = ruleOf('on: events, when: reason:Scheduled, missing: { when: reason:Started, within: 5m }')
    const edges = [awaited(0, 'a', 'expect'), awaited(1, 'b', 'expect'), awaited(4, 'a', 'met'), awaited(9, 'b', 'met')]
    expect(shown(changesOf(rule, edges, 60))).toEqual(['firing 6', 'resolved 9'])
  })

  it('what never comes is given up after a day', () => {
    const rule = ruleOf('on: events, when: reason:Scheduled, missing: { when: reason:Started, within: 5m }')
    expect(shown(changesOf(rule, [awaited(0, 'a', 'expect')], 3_000))).toEqual(['firing 5', 'resolved 1445'])
  })
})

it('a rule on clusters fires while one is not watched', () => {
  const rule = ruleOf('on: clusters, for: 5m')
  expect(shown(changesOf(rule, [], 60, [{ from: 1, to: 4 }, { from: 10, to: 20 }, { from: 50, to: null }]))).toEqual(['firing 15', 'resolved 20', 'firing 55']) // prettier-ignore
})

it('a rule that matches everything makes so many alerts, and says how many it did not make', () => {
  const edges = Array.from({ length: 1_100 }, (_, place) => member(0, String(place), true, `w${String(place)}`))
  const time = { cluster: 'c', clock: minute(1), now: minute(1), breaks: [] }
  const { changes, overflow } = evaluate(ruleOf('when: "*"'), new Map([['c', edges]]), [time])
  expect([changes.length, overflow]).toEqual([1_000, 100])
})

/** Rules of each form, and what they are told of. */
const OF_PROBLEMS = ['member', 'member', 'silencer'] as const
const RULES = [
  { text: 'class: BackOff, for: 3m, keepFiring: 2m', kinds: OF_PROBLEMS },
  { text: 'class: BackOff, for: 1m, atLeast: 2, flapping: { fires: 2, within: 30m, calm: 10m }', kinds: OF_PROBLEMS },
  { text: 'class: BackOff, flapping: false, unless: [{ class: NodeNotReady, same: [node] }]', kinds: OF_PROBLEMS },
  { text: 'on: events, when: "*", over: 7m, atLeast: 4, for: 1m, keepFiring: 5m', kinds: ['count'] },
  { text: 'on: events, when: "*", missing: { when: "*", within: 4m }, for: 2m', kinds: ['expect', 'met'] },
] as const

const edge = fc.record({
  after: fc.double({ min: 0, max: 15, noNaN: true }),
  late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.double({ min: 0, max: 20, noNaN: true })),
  kind: fc.nat(),
  id: fc.constantFrom('a', 'b', 'c'),
  group: fc.constantFrom('web', 'api'),
  isOn: fc.boolean(),
  times: fc.integer({ min: 1, max: 4 }),
})

it('a sweep that is cut, saved and resumed anywhere says what one sweep over the whole says', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...RULES),
      fc.array(edge, { maxLength: 40 }),
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      ({ text, kinds }, steps, cuts) => {
        const rule = ruleOf(text)
        let at = 0
        const edges = steps.map(({ after, late, kind: number, id, group, isOn, times }): Edge => {
          const kind = kinds[number % kinds.length]
          at += after
          const happened = Math.max(0, at - late)
          if (kind === 'member') return member(at, id, isOn, group, happened)
          if (kind === 'silencer') return silencer(at, id, isOn, group)
          if (kind === 'count') return count(at, times, group, happened)
          return awaited(at, id, kind ?? 'expect')
        })
        const whole = changesOf(rule, edges, at + 200)
        const changes: AlertChange[] = []
        const resume = (saved: SavedSweep | null) => new Sweep(rule, 'c', (change) => changes.push(change), saved)
        let sweep = resume(null)
        for (const [place, each] of inOrder(edges).entries()) {
          sweep.take(each)
          if (cuts[place] !== true) continue
          sweep.pass(each.at)
          sweep = resume(JSON.parse(JSON.stringify(sweep.save())) as SavedSweep)
        }
        for (let time = at; time <= at + 200; time += 7) sweep.pass(minute(time))
        sweep.pass(minute(at + 200))
        const inTime = (list: readonly AlertChange[]) =>
          list.map((each) => JSON.stringify({ ...each, labels: keyOfLabels(each.labels) })).sort()
        expect(inTime(changes)).toEqual(inTime(whole))
      },
    ),
    { numRuns: 400 },
  )
})
