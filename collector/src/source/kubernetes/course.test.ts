import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../clock.ts'
import { MAX_RETRY_AFTER_MS } from './backoff.ts'
import { advance, cutBefore, START, type Course, type ReadSoFar, type StepEnd } from './course.ts'
import type { FailureKind } from './failure.ts'

const NOW = 1_000 * MINUTE

function fail(kind: FailureKind, read?: ReadSoFar, retryAfterMs: number | null = null): StepEnd {
  return { kind: 'failed', failure: { kind, detail: 'made up', retryAfterMs }, ...(read !== undefined && { read }) }
}

function readUpTo(position: string | null, overrides: Partial<ReadSoFar> = {}): ReadSoFar {
  return {
    position,
    positionTime: position === null ? null : NOW,
    aliveTime: NOW,
    isDoubtful: false,
    wasUseful: true,
    ...overrides,
  }
}

function listed(resourceVersion: string, patchedSince: number | null = null): StepEnd {
  return { kind: 'listed', resourceVersion, patchedSince }
}

const WATCHING: Course = {
  ...START,
  step: 'watch',
  clusterUid: 'uid',
  position: '100',
  positionTime: NOW,
  completeTime: NOW,
  owesList: false,
}

/** Where each kind of end leads from a step, as one readable table. */
const scenarios: { name: string; course: Course; end: StepEnd; now?: number; step: Course['step'] }[] = [
  { name: 'a start without a position lists', course: START, end: { kind: 'identified', clusterUid: 'uid', storedPosition: null }, step: 'list' },
  { name: 'a start with a position probes first', course: START, end: { kind: 'identified', clusterUid: 'uid', storedPosition: '7' }, step: 'probe' },
  { name: 'a probe at the start leads to the old versions', course: { ...START, step: 'probe', isIdentified: true, position: '7' }, end: { kind: 'probed', resourceVersion: '9' }, step: 'catch up' },
  { name: 'what was caught up is listed all the same', course: { ...START, step: 'catch up', position: '7' }, end: { kind: 'caught up', read: readUpTo('9') }, step: 'list' },
  { name: 'a list leads to the watch', course: { ...START, step: 'list' }, end: listed('9'), step: 'watch' },
  { name: 'a list that the history did not last for leads to the watch from its newest page', course: { ...START, step: 'list' }, end: listed('9', NOW), step: 'watch' },
  { name: 'after such a list another one is owed when the watch closes', course: advance({ ...START, step: 'list' }, listed('9', NOW), NOW, 0.5).course, end: { kind: 'closed', read: readUpTo('101') }, step: 'list' },
  { name: 'a watch closed in time with a young position goes on', course: WATCHING, end: { kind: 'closed', read: readUpTo('101') }, step: 'watch' },
  { name: 'a quiet watch closed in time lists rather than provoke a 410', course: WATCHING, end: { kind: 'closed', read: readUpTo(null, { aliveTime: NOW + 270 * SECOND }) }, now: NOW + 270 * SECOND, step: 'list' },
  { name: 'a watch with unreadable lines lists when it is closed', course: WATCHING, end: { kind: 'closed', read: readUpTo('101', { isDoubtful: true }) }, step: 'list' },
  { name: 'a broken watch probes', course: WATCHING, end: fail('failed', readUpTo('101')), step: 'probe' },
  { name: 'a silent watch has been unwatched for long and asks who answers', course: WATCHING, end: fail('failed', readUpTo('101', { aliveTime: NOW })), now: NOW + 320 * SECOND, step: 'identify' },
  { name: 'a brief break ends with the watch', course: { ...WATCHING, step: 'probe' }, end: { kind: 'probed', resourceVersion: '105' }, now: NOW + 59 * SECOND, step: 'watch' },
  { name: 'a long break asks who answers', course: { ...WATCHING, step: 'probe' }, end: { kind: 'probed', resourceVersion: '105' }, now: NOW + 60 * SECOND, step: 'identify' },
  { name: 'a long break of a known server catches up', course: { ...WATCHING, step: 'probe', isIdentified: true }, end: { kind: 'probed', resourceVersion: '105' }, now: NOW + 60 * SECOND, step: 'catch up' },
  { name: 'a server that went back is listed', course: { ...WATCHING, step: 'probe' }, end: { kind: 'probed', resourceVersion: '99' }, step: 'list' },
  { name: 'a watch that is 410 lists', course: WATCHING, end: fail('gone', readUpTo(null)), step: 'list' },
  { name: 'a catch-up that is 410 lists', course: { ...WATCHING, step: 'catch up' }, end: fail('gone'), step: 'list' },
  { name: 'an expired continue token lists', course: { ...START, step: 'list' }, end: fail('gone'), step: 'list' },
  { name: 'a page that failed is asked for again', course: { ...START, step: 'list' }, end: fail('failed'), step: 'list' },
  { name: 'pages that go on failing ask who answers', course: { ...START, step: 'list', failures: 5 }, end: fail('failed'), step: 'identify' },
  { name: 'a catch-up that fails is tried again', course: { ...WATCHING, step: 'catch up' }, end: fail('failed'), step: 'probe' },
  { name: 'a catch-up that goes on failing gives way to the list', course: { ...WATCHING, step: 'catch up', failures: 2 }, end: fail('failed'), step: 'list' },
] // prettier-ignore

describe('advance', () => {
  for (const { name, course, end, now = NOW, step } of scenarios) {
    it(name, () => {
      expect(advance(course, end, now, 0.5).course.step).toBe(step)
    })
  }

  it('renews credentials once, at once, and then backs off', () => {
    const first = advance(WATCHING, fail('unauthorized'), NOW, 0.5)
    expect([first.renewCredentials, first.pauseMs]).toEqual([true, 0])
    const second = advance(first.course, fail('unauthorized'), NOW, 0.5)
    expect(second.renewCredentials).toBe(false)
    expect(second.pauseMs).toBeGreaterThan(0)
  })

  it('lists at once after the first 410, and backs off when the server goes on saying it', () => {
    const first = advance(WATCHING, fail('gone'), NOW, 0.5)
    expect(first.pauseMs).toBe(0)
    expect(advance(first.course, fail('gone'), NOW, 0.5).pauseMs).toBeGreaterThan(0)
  })

  it('pauses longer and longer, up to five minutes, when the server goes on removing the history of a list', () => {
    let course: Course = { ...START, step: 'list' }
    const expired: StepEnd = { ...fail('gone'), hasProgressed: true } as StepEnd
    const pauses = Array.from({ length: 12 }, () => {
      const turn = advance(course, expired, NOW, 0.999)
      course = turn.course
      return turn.pauseMs
    })
    expect(pauses[0]).toBeGreaterThan(500)
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b))
    expect(pauses[11]).toBeGreaterThan(290_000)
    expect(course.step).toBe('list')
  })

  it('tells with the next list what a list may have missed whose history was removed', () => {
    const { course } = advance({ ...START, step: 'list' }, listed('9', NOW - MINUTE), NOW, 0.5)
    expect(course.cut).toMatchObject({ from: NOW - MINUTE })
    expect(advance({ ...course, step: 'list' }, listed('12'), NOW, 0.5).course).toMatchObject({
      cut: null,
      owesList: false,
    })
  })

  it('dates a gap from when the stream was last complete, not from its last event', () => {
    const { course } = advance(WATCHING, fail('gone', readUpTo(null, { aliveTime: NOW + MINUTE })), NOW + MINUTE, 0.5)
    expect(course.cut?.from).toBe(NOW + MINUTE)
  })

  it('remembers a gap until a list is finished', () => {
    const { course } = advance(WATCHING, fail('gone'), NOW, 0.5)
    const failed = advance(course, fail('failed'), NOW, 0.5).course
    expect(cutBefore(failed, '200')).not.toBeNull()
    expect(advance(failed, listed('200'), NOW, 0.5).course.cut).toBeNull()
  })

  it('tells a gap when the list itself is older than the position', () => {
    expect(cutBefore({ ...WATCHING, step: 'list' }, '99')?.cause).toContain('went back')
    expect(cutBefore({ ...WATCHING, step: 'list' }, '100')).toBeNull()
  })

  it('compares versions as numbers of any length', () => {
    const course: Course = { ...WATCHING, step: 'probe', position: '9007199254740993' }
    expect(advance(course, { kind: 'probed', resourceVersion: '9007199254740992' }, NOW, 0.5).course.step).toBe('list')
    expect(advance(course, { kind: 'probed', resourceVersion: '10000000000000000' }, NOW, 0.5).course.step).toBe(
      'watch',
    )
  })
})

/** Choices from which an end is made that the step under way can have. */
interface Choice {
  readonly waitMicros: number
  readonly isFailure: boolean
  readonly isBroken: boolean
  readonly kind: FailureKind
  readonly retryAfterMs: number | null
  readonly version: number
  readonly clusterUid: string | null
  readonly hasPosition: boolean
  readonly isDoubtful: boolean
  readonly wasUseful: boolean
  readonly random: number
}

const choices: fc.Arbitrary<Choice> = fc.record({
  waitMicros: fc.integer({ min: 0, max: 6 * MINUTE }),
  isFailure: fc.boolean(),
  isBroken: fc.boolean(),
  kind: fc.constantFrom<FailureKind[]>('gone', 'unauthorized', 'forbidden', 'failed'),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 10_000_000 })),
  version: fc.integer({ min: 1, max: 300 }),
  clusterUid: fc.constantFrom('a', 'b', null),
  hasPosition: fc.boolean(),
  isDoubtful: fc.boolean(),
  wasUseful: fc.boolean(),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }),
})

/** Any end that a step can have, whatever came before. */
function endOf({ step }: Course, choice: Choice, now: number): StepEnd {
  const { hasPosition, isDoubtful, wasUseful, version } = choice
  const position = hasPosition ? String(version) : null
  const read = { position, positionTime: hasPosition ? now : null, aliveTime: now, isDoubtful, wasUseful }
  const isWatch = step === 'watch' || step === 'catch up'
  if (choice.isFailure) return fail(choice.kind, isWatch && choice.isBroken ? read : undefined, choice.retryAfterMs)
  switch (step) {
    case 'identify':
      return { kind: 'identified', clusterUid: choice.clusterUid, storedPosition: position }
    case 'probe':
      return { kind: 'probed', resourceVersion: String(version) }
    case 'list':
      return listed(String(version), choice.isDoubtful ? now : null)
    case 'catch up':
      return { kind: 'caught up', read }
    case 'watch':
      return { kind: 'closed', read }
  }
}

/** What a server that works answers to each step. */
function goodEnd({ step }: Course, now: number): StepEnd {
  switch (step) {
    case 'identify':
      return { kind: 'identified', clusterUid: 'a', storedPosition: null }
    case 'probe':
      return { kind: 'probed', resourceVersion: '1000' }
    case 'list':
      return listed('1000')
    case 'catch up':
      return { kind: 'caught up', read: { ...readUpTo('1000'), aliveTime: now } }
    case 'watch':
      throw new Error('it watches already')
  }
}

describe('whatever happens to a stream', () => {
  const histories = fc.array(choices, { maxLength: 40 }).map((made) => {
    let course = START
    let now = NOW
    const turns = made.map((choice) => {
      now += choice.waitMicros
      const end = endOf(course, choice, now)
      const turn = advance(course, end, now, choice.random)
      course = turn.course
      return { end, turn }
    })
    return { turns, course, now }
  })

  it('never pauses for longer than the longest pause, and never for a time that is none', () => {
    fc.assert(
      fc.property(histories, ({ turns }) => {
        for (const { turn } of turns) expect(turn.pauseMs >= 0 && turn.pauseMs <= MAX_RETRY_AFTER_MS).toBe(true)
      }),
    )
  })

  it('never watches without a position, nor before a list that is owed', () => {
    fc.assert(
      fc.property(histories, ({ turns }) => {
        for (const { end, course } of turns.map(({ end, turn }) => ({ end, course: turn.course }))) {
          // A list just read whose pages are of several versions owes another one, but not before the watch.
          const owes = end.kind === 'listed' && end.patchedSince !== null
          if (course.step === 'watch') expect([course.position === null, course.owesList]).toEqual([false, owes])
          if (course.step === 'catch up') expect([course.position === null, course.serverVersion]).not.toContain(null)
        }
      }),
    )
  })

  it('watches again after at most five answers of a server that works', () => {
    fc.assert(
      fc.property(histories, ({ course, now }) => {
        let current = course
        for (let answers = 0; answers < 5 && current.step !== 'watch'; answers++) {
          current = advance(current, goodEnd(current, now), now, 0.5).course
        }
        expect(current.step).toBe('watch')
      }),
    )
  })

  it('pauses within any three failures in a row, so that no error makes a busy loop', () => {
    fc.assert(
      fc.property(histories, ({ turns }) => {
        for (let index = 2; index < turns.length; index++) {
          const three = turns.slice(index - 2, index + 1)
          const isSeries = three.every(({ end }) => end.kind === 'failed' && end.read?.wasUseful !== true)
          if (isSeries) expect(Math.max(...three.map(({ turn }) => turn.pauseMs))).toBeGreaterThanOrEqual(500)
        }
      }),
    )
  })
})
