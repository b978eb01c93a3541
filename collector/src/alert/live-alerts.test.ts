import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { alertRulesOf } from '../api/alerts/alert-language.ts'
import { asObservation } from '../api/problems/as-observation.ts'
import { goneBy, troubleOf } from '../classify/classify.ts'
import { HOUR, MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import type { Problem } from '../event/problem.ts'
import { createProblems } from '../problem/problem.ts'
import { evaluate, LiveAlerts, problemEdges } from './alert.ts'
import type { SavedRow } from './live-alerts.ts'

const RULES = alertRulesOf([
  {
    name: 'a.yaml',
    text: `alerts:
  - { name: crash, class: CrashLoopBackOff, for: 3m, keepFiring: 1m }
  - { name: two, class: CrashLoopBackOff, atLeast: 2, flapping: { fires: 2, within: 1h, calm: 10m } }
  - { name: mounts, class: FailedMount, for: 1m, unless: [{ class: CrashLoopBackOff, same: [workload] }] }
  - { name: unseen, on: clusters, for: 5m }
`,
  },
])

/** What happens next, and how long after what happened before. */
interface Step {
  readonly after: number
  readonly what: 'BackOff' | 'FailedMount' | 'Started' | 'Killing' | 'pass' | 'lost'
  readonly pod: number
  readonly isRestart: boolean
}

const step: fc.Arbitrary<Step> = fc.record({
  after: fc.double({ min: 0.01, max: 6, noNaN: true }),
  what: fc.constantFrom('BackOff', 'BackOff', 'FailedMount', 'Started', 'Killing', 'pass', 'pass', 'lost'),
  pod: fc.integer({ min: 0, max: 2 }),
  isRestart: fc.boolean(),
})

let versions = 0

function row(reason: string, pod: number, at: EpochMicros) {
  versions += 1
  const isTrouble = reason === 'BackOff' || reason === 'FailedMount'
  return anObservation({
    uid: `event ${String(versions)}`,
    resourceVersion: versions,
    source: 'live',
    reason,
    type: isTrouble ? 'Warning' : 'Normal',
    severity: isTrouble ? 'high' : 'info',
    category: reason === 'FailedMount' ? 'storage' : 'container',
    note: reason === 'Killing' ? 'Stopping container app' : '',
    firstObserved: at,
    deltaSince: at,
    lastObserved: at,
    received: at,
    regarding: { ...anObservation().regarding, name: `web-${String(pod)}`, uid: `uid ${String(pod)}` },
    owner: { kind: 'Deployment', name: 'web' },
  })
}

/** Plays a story as the pipeline does: what is taken is kept, and what a restart resumes from. */
function play(steps: readonly Step[], canRestart: boolean) {
  const problems = createProblems({ troubleOf, goneBy })
  const kept = new Map<string, SavedRow>()
  const messages: Notification[] = []
  const bodies = new Map<string, Problem>()
  let now = NOON
  const open = () => new LiveAlerts(RULES, asObservation, () => now + 10 * SECOND)
  let alerts = open()
  const pass = (isWatched: boolean) => {
    const passage = { cluster: 'lab', until: now, isWatched }
    problems.advance(passage)
    alerts.follow(problems.takeChanged())
    alerts.advance(passage)
  }
  const commit = () => {
    const { rows, messages: told } = alerts.take()
    for (const record of problems.changedRecords(true)) if (record.kind === 'problem') bodies.set(record.id, record)
    for (const each of rows) kept.set(`${each.rule} ${each.cluster}`, JSON.parse(JSON.stringify(each)) as SavedRow)
    messages.push(...told)
  }
  pass(true)
  commit()
  let isWatched = true
  for (const { after, what, pod, isRestart } of steps) {
    now += Math.round(after * MINUTE)
    if (what === 'pass' || what === 'lost') {
      isWatched = what === 'pass'
      pass(isWatched)
    } else {
      problems.judge(row(what, pod, now))
      alerts.follow(problems.takeChanged())
    }
    commit()
    if (!canRestart || !isRestart) continue
    alerts = open()
    alerts.resume([...kept.values()], problems.all())
  }
  now += MINUTE
  for (const end = now + 3 * HOUR; now < end; now += 10 * MINUTE) {
    pass(true)
    commit()
  }
  return { messages, bodies: [...bodies.values()] }
}

const shown = (messages: readonly Notification[]) =>
  messages.map(({ rule, state, at, startsAt }) => `${rule} ${state} ${String((at - NOON) / SECOND)} ${String((startsAt - NOON) / SECOND)}`).sort() // prettier-ignore

/** A restart is a time in which nobody watched. */
const ofProblems = (messages: readonly Notification[]) => messages.filter(({ rule }) => rule !== 'unseen')

it('each change is told once, with a key of its own, whatever restarts there are', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      versions = 0
      const whole = play(steps, false)
      versions = 0
      const cut = play(steps, true)
      expect(shown(ofProblems(cut.messages))).toEqual(shown(ofProblems(whole.messages)))
      const keys = cut.messages.map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
    }),
    { numRuns: 200 },
  )
})

it('what was told live is what is told of the past', () => {
  fc.assert(
    fc.property(
      fc.array(
        step.filter(({ what }) => what !== 'lost'),
        { maxLength: 30 },
      ),
      (steps) => {
        versions = 0
        const { messages, bodies } = play(steps, true)
        const until = Math.max(NOON, ...messages.map(({ at }) => at)) + 12 * HOUR
        const told = RULES.filter(({ form }) => form.on === 'problems').flatMap((rule) => {
          const edges = bodies.flatMap((problem) => problemEdges(rule, problem, asObservation))
          const time = { cluster: 'lab', clock: until, now: until, breaks: [] }
          return evaluate(rule, new Map([['lab', edges]]), [time]).changes
        })
        expect(shown(ofProblems(messages))).toEqual(shown(told as Notification[]))
      },
    ),
    { numRuns: 200 },
  )
})

it('a recording alerts nobody', () => {
  const problems = createProblems({ troubleOf, goneBy })
  const alerts = new LiveAlerts(RULES, asObservation, () => NOON)
  problems.judge({ ...row('BackOff', 1, NOON), source: 'recording x' })
  problems.judge({ ...row('BackOff', 1, NOON + HOUR), source: 'recording x' })
  alerts.follow(problems.takeChanged())
  expect(alerts.take()).toEqual({ rows: [], messages: [], records: [] })
})

it('of what was before a cluster was watched for the first time, only what still fires is told', () => {
  const problems = createProblems({ troubleOf, goneBy })
  const alerts = new LiveAlerts(RULES, asObservation, () => NOON + HOUR)
  const rows = [row('FailedMount', 1, NOON), row('Started', 1, NOON + 9 * MINUTE), row('BackOff', 2, NOON + 10 * MINUTE), row('BackOff', 2, NOON + 15 * MINUTE)] // prettier-ignore
  for (const each of rows) {
    problems.judge(each)
    alerts.follow(problems.takeChanged())
    expect(alerts.take().messages).toEqual([])
  }
  const passage = { cluster: 'lab', until: NOON + 16 * MINUTE, isWatched: true }
  problems.advance(passage)
  alerts.follow(problems.takeChanged())
  alerts.advance(passage)
  expect(alerts.take().messages).toMatchObject([{ rule: 'crash', state: 'firing', isLate: true }])
})

it('whoever was told of an alert of a rule that is no more is told that it is over', () => {
  const { messages, bodies } = play([{ after: 1, what: 'BackOff', pod: 1, isRestart: false }], false)
  expect(messages[0]).toMatchObject({ rule: 'crash', state: 'firing' })
  const first = new LiveAlerts(RULES, asObservation, () => NOON + 20 * MINUTE)
  first.advance({ cluster: 'lab', until: NOON, isWatched: true })
  const problem = bodies[0]
  if (problem === undefined) throw new Error('no problem')
  const open = { ...problem, body: { ...problem.body, transitions: problem.body.transitions.slice(0, 1) } }
  first.follow([open])
  first.advance({ cluster: 'lab', until: NOON + 18 * MINUTE, isWatched: true })
  const { rows, messages: told } = first.take()
  expect(told).toMatchObject([{ rule: 'crash', state: 'firing' }])
  const without = new LiveAlerts([], asObservation, () => NOON + 30 * MINUTE)
  without.resume(rows, [])
  const after = without.take()
  expect(after.messages).toMatchObject([{ rule: 'crash', state: 'resolved', fingerprint: told[0]?.fingerprint }])
  expect(after.rows.filter(({ body }) => body === null).map(({ rule }) => rule)).toContain('crash')
})
