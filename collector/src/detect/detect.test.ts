import { aDetector } from '../../../test/support/as-configured.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { readPlacedCase } from '../../../test/support/read-case.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { PatternBody, TemplateBody } from '../event/pattern.ts'
import type { StoreRecord } from '../event/record.ts'
import { fieldReader, textOf } from '../query/field-value.ts'
import { FIELDS, isGroupable } from '../query/fields.ts'
import { type DetectedEvent, type Detector, type PatternDefinition, type PatternState } from './detect.ts'

let serial = 0

/** `at` in seconds after noon. */
function seen(at: number, overrides: Partial<Observation> = {}): Observation {
  serial += 1
  const time = NOON + at * SECOND
  const times = { firstObserved: time, lastObserved: time, deltaSince: time, received: time }
  return anObservation({ uid: `event-${String(serial)}`, resourceVersion: serial, ...times, ...overrides })
}

function onPod(name: string): Pick<Observation, 'regarding'> {
  return { regarding: { ...anObservation().regarding, name, uid: `uid of ${name}` } }
}

function only(detector: Detector): PatternState {
  const [pattern, ...others] = detector.patterns()
  if (pattern === undefined || others.length > 0)
    throw new Error(`expected one pattern, not ${String(others.length + 1)}`)
  return pattern
}

function after(...events: readonly DetectedEvent[]): Detector {
  const detector = aDetector()
  for (const event of events) detector.detect(event)
  return detector
}

function pass(detector: ReturnType<typeof aDetector>, until: number, cluster = 'lab'): void {
  detector.advance({ cluster, until, isWatched: true })
}

describe('a recurring pattern', () => {
  const thresholds = [
    { name: 'two occurrences are none', at: [0, 10], isRecurring: false },
    { name: 'three within a minute are one', at: [0, 10, 20], isRecurring: true },
    { name: 'three at the same moment are one', at: [0, 0, 0], isRecurring: true },
    {
      name: 'three in six minutes come to exactly one in two minutes, which is not more',
      at: [0, 180, 360],
      isRecurring: false,
    },
    { name: 'three in just less than six minutes are one', at: [0, 180, 359], isRecurring: true },
  ]
  for (const { name, at, isRecurring } of thresholds) {
    it(name, () => {
      expect(only(after(...at.map((each) => seen(each)))).isRecurring).toBe(isRecurring)
    })
  }

  it('is of one reason, kind and namespace of one cluster', () => {
    const detector = after(
      seen(0),
      seen(0, { reason: 'Failed' }),
      seen(0, { regarding: { ...anObservation().regarding, kind: 'Job' } }),
      seen(0, { namespace: 'other' }),
      seen(0, { cluster: 'other' }),
    )
    expect(detector.patterns().map(({ occurrences }) => occurrences)).toEqual([1, 1, 1, 1, 1])
    expect(detector.patterns().map(({ patternId }) => patternId)).toContain('BackOff:Pod:shop')
  })

  it('counts occurrences, not rows', () => {
    const pattern = only(after(seen(0), seen(60, { countDelta: 40, deltaSince: NOON }), seen(61, { countDelta: 0 })))
    expect(pattern).toMatchObject({ occurrences: 41, observations: 3, windowOccurrences: 41, firstObserved: NOON })
    expect(pattern.ratePerMinute).toBeCloseTo((41 * 60) / 61)
  })

  it('counts what has no exact time in the total and in no rate', () => {
    const old = { firstObserved: NOON - 300 * HOUR, deltaSince: NOON - 300 * HOUR, countUnplaced: 51_251 }
    const pattern = only(after(seen(0, old)))
    expect(pattern).toMatchObject({ occurrences: 51_252, unplaced: 51_251, windowOccurrences: 1, isRecurring: false })
    expect(pattern.firstObserved).toBe(NOON - 300 * HOUR)
  })

  it('says when its counts are lower bounds', () => {
    expect(only(after(seen(0))).isLowerBound).toBe(false)
    expect(only(after(seen(0, { countIsLowerBound: true }), seen(1))).isLowerBound).toBe(true)
    expect(only(after(seen(0, { countEstimated: true }))).isLowerBound).toBe(true)
  })

  it('ends when its window has emptied, without an event', () => {
    const detector = after(seen(0), seen(1), seen(2))
    pass(detector, NOON + 59 * MINUTE)
    expect(only(detector)).toMatchObject({ isRecurring: true, windowOccurrences: 3 })
    pass(detector, NOON + 61 * MINUTE)
    expect(only(detector)).toMatchObject({
      isRecurring: false,
      recurringSince: null,
      windowOccurrences: 0,
      occurrences: 3,
    })
  })

  it('shows a trend of twelve slices, the newest last', () => {
    const detector = after(seen(0, { countDelta: 5 }), seen(3_590, { countDelta: 2 }))
    const { trend } = only(detector)
    expect(trend).toHaveLength(12)
    expect([trend[0], trend[11]]).toEqual([5, 2])
    expect(trend.reduce((sum, count) => sum + count, 0)).toBe(7)
  })

  it('does not count what lies a whole window back', () => {
    expect(only(after(seen(3_600), seen(0), seen(59)))).toMatchObject({ windowOccurrences: 1, occurrences: 3 })
    expect(only(after(seen(3_600), seen(60)))).toMatchObject({ windowOccurrences: 2 })
  })

  it('does not count what is older than its window, however late it comes', () => {
    expect(only(after(seen(3_700), seen(0), seen(1), seen(2)))).toMatchObject({ windowOccurrences: 1, occurrences: 4 })
  })

  it('shows three newest samples, of different objects where there are some', () => {
    const pods = ['a', 'a', 'a', 'b', 'c', 'd', 'd']
    const { samples } = only(after(...pods.map((pod, index) => seen(index, onPod(pod)))))
    expect(samples.map(({ object }) => object)).toEqual(['Pod shop/d', 'Pod shop/c', 'Pod shop/b'])
    expect(only(after(seen(0), seen(1))).samples).toHaveLength(2)
  })

  it('counts objects, and says when there are more than it can tell apart', () => {
    expect(only(after(...['a', 'b', 'a'].map((pod, index) => seen(index, onPod(pod)))))).toMatchObject({
      objects: 2,
      objectsAreMore: false,
    })
    const many = Array.from({ length: 100 }, (_, index) => seen(index, onPod(`p${String(index)}`)))
    expect(only(after(...many))).toMatchObject({ objects: 64, objectsAreMore: true })
  })

  it('tells objects apart by API group and uid, and a node is one under both of its uids', () => {
    const of = (overrides: Partial<Observation['regarding']>, index: number) =>
      seen(index, { regarding: { ...anObservation().regarding, name: 'web', uid: '', ...overrides } })
    const objectsOf = (...objects: readonly Partial<Observation['regarding']>[]) =>
      only(after(...objects.map(of))).objects
    expect(objectsOf({ apiVersion: 'v1' }, { apiVersion: 'serving.knative.dev/v1' }, { apiVersion: '' })).toBe(2)
    expect(objectsOf({ uid: 'first' }, { uid: 'made again' }, { uid: 'first' })).toBe(2)
    const node = { kind: 'Node', name: 'worker-1', namespace: '' }
    expect(objectsOf({ ...node, uid: 'worker-1' }, { ...node, uid: '4444' })).toBe(1)
  })

  it('is as severe as its worst event', () => {
    expect(only(after(seen(0, { severity: 'low' }), seen(1, { severity: 'critical' }), seen(2))).severity).toBe(
      'critical',
    )
  })

  it('is not put out of its time by an event of the future', () => {
    const future = seen(30 * 86_400, { received: NOON, reason: 'Odd' })
    expect(
      after(seen(0), seen(1), future, seen(2))
        .patterns()
        .find(({ patternId }) => patternId.startsWith('BackOff')),
    ).toMatchObject({
      isRecurring: true,
    })
  })
})

describe('ids of patterns', () => {
  it('are on every event, whether or not a threshold was reached, and lead to a record', () => {
    const detector = aDetector()
    const { patternIds } = detector.detect(seen(0))
    expect(patternIds).toEqual(['BackOff:Pod:shop'])
    const record = detector.changedRecords(true).find(({ kind }) => kind === 'pattern')
    expect(record?.id).toBe('p-31a90052970543ac')
    expect(record?.body).toMatchObject({
      patternId: 'BackOff:Pod:shop',
      name: 'recurring',
      key: { reason: 'BackOff', 'regarding.kind': 'Pod', namespace: 'shop' },
      thresholds: { minOccurrences: 3, minRatePerMinute: 0.5, windowSeconds: 3_600 },
    })
  })

  it('name their fields where the key is not the usual one, and escape what would break them', () => {
    const patterns = [
      { name: 'x', key: ['reason', 'node'], minOccurrences: 1, minRatePerMinute: 0, windowMicros: HOUR },
    ]
    const { patternIds } = aDetector({ patterns }).detect(seen(0, { reason: 'a:b=\ud800', node: '' }))
    expect(patternIds).toEqual(['reason=a%3Ab%3D%EF%BF%BD:node='])
    expect(aDetector().detect(seen(0, { reason: 'a:b', namespace: '' })).patternIds).toEqual(['a%3Ab:Pod:'])
  })

  it('are one where two definitions have one key, each with its own record', () => {
    const key = ['reason', 'regarding.kind', 'namespace']
    const patterns = ['a', 'b'].map((name) => ({
      name,
      key,
      minOccurrences: 1,
      minRatePerMinute: 0,
      windowMicros: HOUR,
    }))
    const detector = aDetector({ patterns })
    expect(detector.detect(seen(0)).patternIds).toEqual(['BackOff:Pod:shop'])
    expect(new Set(detector.patterns().map(({ recordId }) => recordId)).size).toBe(2)
  })

  it('are those of each definition whose filter the event passes', () => {
    const patterns: readonly PatternDefinition[] = [
      { name: 'by pod', key: ['regarding.name'], minOccurrences: 2, minRatePerMinute: 0, windowMicros: 5 * MINUTE },
      {
        name: 'warnings by image',
        key: ['metadata.image', 'labels.app.kubernetes.io/name'],
        minOccurrences: 2,
        minRatePerMinute: 0,
        windowMicros: 5 * MINUTE,
        filter: ({ type }) => type === 'Warning',
      },
    ]
    const detector = aDetector({ patterns })
    const metadata = { image: 'x:1' }
    const labels = { 'app.kubernetes.io/name': 'api' }
    expect(detector.detect(seen(0, { metadata, labels })).patternIds).toHaveLength(2)
    expect(detector.detect(seen(1, { type: 'Normal' })).patternIds).toHaveLength(1)
    expect(detector.patterns().map(({ key, isRecurring }) => [key, isRecurring])).toEqual([
      [{ 'regarding.name': 'payments-0' }, true],
      [{ 'metadata.image': 'x:1', 'labels.app.kubernetes.io/name': 'api' }, false],
    ])
  })

  it('can be of any field that has one short value', () => {
    const key = FIELDS.filter((field) => isGroupable({ field, key: null, name: '' })).map(({ name }) => name)
    const patterns = [{ name: 'x', key, minOccurrences: 1, minRatePerMinute: 0, windowMicros: HOUR }]
    const detector = aDetector({ patterns })
    const event = seen(0, {
      clusterUid: 'uid-1',
      related: { ...anObservation().regarding, name: 'data-0' },
      count: 7,
      countIsLowerBound: true,
    })
    const { templateId } = detector.detect(event)
    const texts = key.map((field) => [field, textOf(fieldReader(field)({ ...event, templateId }))])
    expect(only(detector).key).toEqual(Object.fromEntries(texts))
  })

  it('do not come from the prototype of an object', () => {
    const patterns = [
      { name: 'x', key: ['labels.constructor'], minOccurrences: 1, minRatePerMinute: 0, windowMicros: HOUR },
    ]
    const detector = aDetector({ patterns })
    detector.detect(seen(0))
    expect(only(detector).key).toEqual({ 'labels.constructor': '' })
  })
})

describe('rhythm', () => {
  const beats = (every: number, count: number): readonly Observation[] =>
    Array.from({ length: count }, (_, index) => seen(index * every + (index % 3)))

  it('is found after seven beats of nearly equal distance', () => {
    expect(only(after(...beats(300, 6))).rhythms).toEqual([])
    const [rhythm] = only(after(...beats(300, 8))).rhythms
    expect(rhythm).toMatchObject({
      workload: { kind: 'StatefulSet', name: 'payments' },
      lastBeat: NOON + 2_101 * SECOND,
      isSilent: false,
    })
    expect(Math.abs((rhythm?.periodSeconds ?? 0) - 300)).toBeLessThan(3)
  })

  it('is not found in irregular times', () => {
    const times = [0, 10, 400, 420, 1_000, 3_000, 3_100, 5_000]
    expect(only(after(...times.map((at) => seen(at)))).rhythms).toEqual([])
  })

  it('counts three pods of one run as one beat', () => {
    const events = Array.from({ length: 24 }, (_, index) => seen(Math.floor(index / 3) * 60 + (index % 3)))
    expect(only(after(...events)).rhythms[0]?.periodSeconds).toBeCloseTo(58, -1)
  })

  it('that stops is silence after three missed beats', () => {
    const detector = after(...beats(60, 10))
    const isSilent = () => only(detector).rhythms[0]?.isSilent
    pass(detector, NOON + (9 * 60 + 170) * SECOND)
    expect(isSilent()).toBe(false)
    expect(detector.changedRecords(true)).not.toEqual([])
    pass(detector, NOON + (9 * 60 + 190) * SECOND)
    expect(isSilent()).toBe(true)
    expect(
      detector.changedRecords(true).map(({ body }) => (body as Partial<PatternBody>).rhythms?.[0]?.isSilent),
    ).toEqual([true])
    detector.detect(seen(800))
    expect(isSilent()).toBe(false)
  })

  it('is found for each workload of a pattern by itself', () => {
    const job = (name: string) => ({ owner: { kind: 'CronJob', name } })
    const events = Array.from({ length: 10 }, (_, run) => [
      seen(run * 300, job('backup')),
      seen(run * 420 + 100, job('report')),
    ])
    const detector = after(...events.flat().sort((a, b) => a.lastObserved - b.lastObserved))
    expect(only(detector).rhythms).toMatchObject([
      { workload: { kind: 'CronJob', name: 'backup' }, periodSeconds: 300 },
      { workload: { kind: 'CronJob', name: 'report' }, periodSeconds: 420 },
    ])
  })

  it('is found for sixteen workloads where there are more', () => {
    const events = Array.from({ length: 10 * 20 }, (_, index) =>
      seen(index * 15, { owner: { kind: 'CronJob', name: `job-${String(index % 20)}` } }),
    )
    expect(only(after(...events)).rhythms).toHaveLength(16)
  })

  it('of a few workloads is kept however many others come once', () => {
    const beat = (at: number) => seen(at, { owner: { kind: 'CronJob', name: 'backup' } })
    const others = Array.from({ length: 200 }, (_, index) =>
      seen(index * 60 + 30, { owner: { kind: 'Job', name: `once-${String(index)}` } }),
    )
    const events = [...others, ...Array.from({ length: 40 }, (_, run) => beat(run * 300))]
    expect(only(after(...events.sort((a, b) => a.lastObserved - b.lastObserved))).rhythms).toHaveLength(1)
    const late = Array.from({ length: 8 }, (_, run) =>
      seen(20_000 + run * 300, { owner: { kind: 'CronJob', name: 'late' } }),
    )
    expect(only(after(...events, ...late)).rhythms.map(({ workload }) => workload.name)).toEqual(['backup', 'late'])
  })
})

describe('a burst', () => {
  const usual = Array.from({ length: 30 }, (_, minute) => seen(minute * 60))

  it('is much more in a minute than usual', () => {
    expect(only(after(...usual)).burst).toBeNull()
    const sudden = Array.from({ length: 20 }, (_, index) => seen(30 * 60 + index))
    expect(only(after(...usual, ...sudden)).burst).toMatchObject({
      to: null,
      usualRatePerMinute: expect.closeTo(1, 1) as number,
    })
  })

  it('ends when a minute is usual again', () => {
    const sudden = Array.from({ length: 20 }, (_, index) => seen(30 * 60 + index))
    const detector = after(...usual, ...sudden, seen(31 * 60), seen(32 * 60), seen(33 * 60))
    expect(only(detector).burst).toEqual({
      from: expect.any(Number) as number,
      to: NOON + 32 * MINUTE,
      usualRatePerMinute: expect.any(Number) as number,
    })
  })

  it('ends with an empty minute, and not before', () => {
    const sudden = (minute: number) => Array.from({ length: 20 }, (_, index) => seen(minute * 60 + index))
    const detector = after(...usual, ...sudden(30))
    pass(detector, NOON + 31 * MINUTE)
    expect(only(detector).burst?.to).toBeNull()
    // As many again in the next minute are the same burst, after a minute without one they are another.
    expect(only(after(...usual, ...sudden(30), ...sudden(31))).burst?.from).toBeLessThan(NOON + 31 * MINUTE)
    expect(only(after(...usual, ...sudden(30), ...sudden(32))).burst?.from).toBeGreaterThan(NOON + 32 * MINUTE)
  })

  it('is not a count that a reporter saved up over an hour', () => {
    const saved = seen(90 * 60, { countDelta: 60, deltaSince: NOON + 30 * MINUTE })
    expect(only(after(...usual, saved)).burst).toBeNull()
  })

  it('is not what nothing is known about yet', () => {
    const sudden = Array.from({ length: 50 }, (_, index) => seen(index))
    expect(only(after(...sudden)).burst).toBeNull()
  })
})

describe('what is new', () => {
  it('is what was not there in an hour of watching, for a day', () => {
    const detector = after(seen(0, { reason: 'Old' }), seen(3_600, { reason: 'New' }))
    const novel = (): readonly string[] =>
      detector
        .patterns()
        .filter(({ isNovel }) => isNovel)
        .map(({ patternId }) => patternId)
    expect(novel()).toEqual(['New:Pod:shop'])
    pass(detector, NOON + 26 * HOUR)
    expect(novel()).toEqual([])
  })

  it('is nothing while the detector has just begun to watch', () => {
    const detector = after(seen(0, { reason: 'Old' }), seen(600, { reason: 'New' }))
    expect(detector.patterns().some(({ isNovel }) => isNovel)).toBe(false)
  })
})

describe('templates', () => {
  it('of equal kind have one id, of different kind two, of an empty note none', () => {
    const detector = aDetector()
    const idOf = (note: string): string => detector.detect(seen(0, { note })).templateId
    expect(idOf('took 3 s')).toBe(idOf('took 14 s'))
    expect(idOf('Error: ErrImagePull')).not.toBe(idOf('Error: ImagePullBackOff'))
    expect(idOf('')).toBe('')
    expect(idOf('took 3 s')).toMatch(/^t-[0-9a-f]{16}$/)
  })

  it('do not depend on what was seen before', () => {
    const detector = after(seen(0, { note: 'took 5 s' }), seen(0, { note: 'something else' }))
    const note = 'took 3 s'
    expect(detector.detect(seen(0, { note })).templateId).toBe(aDetector().detect(seen(0, { note })).templateId)
  })

  it('take a word for a variable once eight texts differ in it alone', () => {
    const colours = ['red', 'green', 'blue', 'grey', 'black', 'white', 'pink', 'brown', 'teal']
    const detector = aDetector()
    const ids = colours.map((colour) => detector.detect(seen(0, { note: `the lamp is ${colour} now` })).templateId)
    expect(new Set(ids.slice(0, 7)).size).toBe(7)
    expect(ids[7]).toBe(ids[8])
    const texts = detector.changedRecords(true).map(({ body }) => (body as Partial<TemplateBody>).templateText)
    expect(texts).toContain('the lamp is <*> now')
  })

  it('keep what varies over a restart', () => {
    const before = aDetector()
    const colours = ['red', 'green', 'blue', 'grey', 'black', 'white', 'pink', 'brown']
    const ids = colours.map((colour) => before.detect(seen(0, { note: `the lamp is ${colour} now` })).templateId)
    const restarted = aDetector()
    for (const record of before.changedRecords(true)) restarted.rememberRecord(record)
    expect(restarted.detect(seen(0, { note: 'the lamp is cyan now' })).templateId).toBe(ids[7])
  })

  it('are named by the patterns they occur in', () => {
    const { templates } = only(after(seen(0, { note: 'took 3 s' }), seen(1, { note: 'took 4 s', countDelta: 6 })))
    expect(templates).toMatchObject([{ templateText: 'took <n> s', occurrences: 7 }])
  })
})

describe('records', () => {
  it('come only for what changed, with a higher revision each time, as plain JSON', () => {
    const detector = after(seen(0))
    const first = detector.changedRecords(true)
    expect(detector.changedRecords(true)).toEqual([])
    detector.detect(seen(0))
    const second = detector.changedRecords(true)
    expect(second.map(({ id }) => id).sort()).toEqual(first.map(({ id }) => id).sort())
    const known = new Map(first.map(({ id, revision }) => [id, revision]))
    for (const record of second) {
      expect(record.revision).toBeGreaterThan(known.get(record.id) ?? Infinity)
      expect(JSON.parse(JSON.stringify(record))).toEqual(record)
    }
  })

  it('of what was forgotten and comes again replace the older ones, whose number is not known any more', () => {
    const before = aDetector()
    const older = [0, 1, 2].flatMap((at) => {
      before.detect(seen(at))
      return before.changedRecords(true)
    })
    const newer = after(seen(60)).changedRecords(true)
    for (const { id, revision } of older) {
      expect(newer.find((record) => record.id === id)?.revision).toBeGreaterThan(revision)
    }
  })

  it('wait while only counts go on, and come at once when it is called otherwise', () => {
    const detector = after(seen(0))
    const kinds = () => detector.changedRecords(false).map(({ kind }) => kind)
    expect(kinds()).toEqual(['pattern', 'template'])
    detector.detect(seen(200))
    expect(kinds()).toEqual([])
    detector.detect(seen(201))
    expect(kinds()).toEqual(['pattern']) // it recurs
    detector.detect(seen(202))
    expect(kinds()).toEqual([])
    detector.detect(seen(900))
    expect(kinds()).toEqual(['pattern', 'template'])
  })

  it('come with every beat of what has a rhythm, whose last beat is shown', () => {
    const detector = after(...Array.from({ length: 8 }, (_, beat) => seen(beat * 120, { reason: 'Beat' })))
    detector.changedRecords(true)
    detector.detect(seen(8 * 120, { reason: 'Beat' }))
    expect(detector.changedRecords(false).map(({ kind }) => kind)).toEqual(['pattern'])
  })

  it('come after so many events, however short the time was: a restart reads no more rows than that', () => {
    const detector = after(seen(0))
    detector.changedRecords(true)
    for (let event = 0; event < 20_000; event += 1) detector.detect(seen(1))
    expect(detector.changedRecords(false)).toHaveLength(2)
  })

  it('carry all over a restart, whatever was seen after they were written', () => {
    const patterns: readonly PatternDefinition[] = [
      { name: 'recurring', key: ['reason'], minOccurrences: 3, minRatePerMinute: 0.5, windowMicros: HOUR },
      {
        name: 'of a week',
        key: ['reason', 'owner.name'],
        minOccurrences: 3,
        minRatePerMinute: 0,
        windowMicros: 7 * DAY,
      },
    ]
    const often = Array.from({ length: 300 }, (_, index) =>
      seen(index * 600 + (index % 7), {
        reason: index % 3 === 0 ? 'A' : 'B',
        note: `took ${String(index)} s`,
        countDelta: 1 + (index % 4),
        countUnplaced: index % 5,
      }),
    )
    const once = seen(30, { reason: 'Monthly', owner: { kind: 'CronJob', name: 'monthly' } })
    const events = [once, ...often]
    const [whole, before] = [aDetector({ patterns }), aDetector({ patterns })]
    for (const event of events) whole.detect(event)
    const stored = events.slice(0, 200).map((event) => ({ ...event, ...before.detect(event) }))
    const records = before.changedRecords(true)
    // Killed after rows that no record counts yet.
    const uncounted = events.slice(200, 220).map((event) => ({ ...event, ...before.detect(event) }))
    const restarted = restartedFrom(records, [...stored, ...uncounted].slice(-60), { patterns })
    expect(restarted.changedRecords(true)).toEqual([])
    for (const event of events.slice(220)) restarted.detect(event)
    expect(restarted.patterns()).toEqual(whole.patterns())
    const known = new Map(records.map(({ id, revision }) => [id, revision]))
    for (const { id, revision } of restarted.changedRecords(true)) expect(revision).toBeGreaterThan(known.get(id) ?? 0)
  })

  it('keep what is known from being new after a restart', () => {
    const before = after(seen(0, { reason: 'Known' }), seen(2 * 3_600))
    const restarted = restartedFrom(before.changedRecords(true), [])
    restarted.detect(seen(3 * 3_600, { reason: 'Known' }))
    restarted.detect(seen(3 * 3_600, { reason: 'New' }))
    expect(
      restarted
        .patterns()
        .filter(({ isNovel }) => isNovel)
        .map(({ patternId }) => patternId),
    ).toEqual(expect.not.arrayContaining(['Known:Pod:shop']))
    expect(restarted.patterns().find(({ patternId }) => patternId.startsWith('New'))?.isNovel).toBe(true)
  })
})

function restartedFrom(records: readonly StoreRecord[], rows: readonly Observation[], options = {}): Detector {
  const restarted = aDetector(options)
  const asStored = JSON.parse(JSON.stringify(records)) as readonly StoreRecord[]
  for (const kind of ['template', 'pattern'])
    for (const record of asStored) if (record.kind === kind) restarted.rememberRecord(record)
  for (const row of rows) restarted.remember(row)
  return restarted
}

const streams = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 10_000 }),
    reason: fc.constantFrom('A', 'B', 'C'),
    pod: fc.constantFrom('a', 'b', 'c'),
    countDelta: fc.nat(20),
    countUnplaced: fc.nat(20),
    since: fc.nat(3_600),
  }),
  { maxLength: 80 },
)

function stream(
  happenings: readonly {
    at: number
    reason: string
    pod: string
    countDelta: number
    countUnplaced: number
    since: number
  }[],
): readonly Observation[] {
  return happenings.map(({ at, reason, pod, since, ...counts }) =>
    seen(at, { reason, ...onPod(pod), ...counts, deltaSince: NOON + (at - since) * SECOND }),
  )
}

describe('whatever happens', () => {
  it('no occurrence is counted twice or lost, in any order', () => {
    fc.assert(
      fc.property(streams, (happenings) => {
        const events = stream(happenings)
        const detector = after(...events)
        const expected = events.reduce((sum, { countDelta, countUnplaced }) => sum + countDelta + countUnplaced, 0)
        expect(detector.patterns().reduce((sum, { occurrences }) => sum + occurrences, 0)).toBe(expected)
        for (const { trend, windowOccurrences, ratePerMinute } of detector.patterns()) {
          expect(trend.reduce((sum, count) => sum + count, 0)).toBe(windowOccurrences)
          expect(ratePerMinute).toBeLessThanOrEqual(windowOccurrences)
        }
      }),
    )
  })

  it('a restart after any event changes no finding and no pattern', () => {
    fc.assert(
      fc.property(streams, fc.nat(80), (happenings, cut) => {
        const events = stream(happenings)
        const before = aDetector()
        const stored = events.slice(0, cut).map((event) => ({ ...event, ...before.detect(event) }))
        const restarted = aDetector()
        for (const observation of stored) restarted.remember(observation)
        expect(restarted.changedRecords(true)).toEqual([])
        for (const event of events.slice(cut)) expect(restarted.detect(event)).toEqual(before.detect(event))
        expect(restarted.patterns()).toEqual(before.patterns())
      }),
    )
  })

  it('no more patterns and templates are remembered than allowed, and those in use stay', () => {
    const detector = aDetector({ maxPatterns: 50 })
    const [hot] = detector.detect(seen(0)).patternIds
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    for (let index = 0; index < 3_000; index += 1) {
      const word = `${letters[index % 26] ?? ''}${letters[Math.floor(index / 26) % 26] ?? ''}${letters[Math.floor(index / 676)] ?? ''}`
      detector.detect(seen(index, { reason: `R${String(index)}`, note: `${word} is ${word} or ${word}` }))
      detector.detect(seen(index))
      if (index % 100 === 0) expect(detector.patterns().length).toBeLessThanOrEqual(50)
    }
    expect(detector.patterns().find(({ patternId }) => patternId === hot)?.occurrences).toBe(3_001)
  })
})

describe('a note of two lines', () => {
  it('gives the two java events one template, without the prefix', () => {
    const detector = aDetector()
    const [combined, ...java] = readPlacedCase('two-line-notes').events.map(
      (event) => detector.detect(event).templateId,
    )
    expect(java[0]).toBe(java[1])
    expect(combined).not.toBe(java[0])
    const texts = detector.changedRecords(true).map(({ body }) => (body as Partial<TemplateBody>).templateText ?? '')
    expect(texts.join()).not.toContain('combined')
    expect(only(detector)).toMatchObject({ occurrences: 51_254, objects: 1 })
  })
})

describe('equal words, two problems', () => {
  it('has one template of the crash, with 36 occurrences and 2 objects', () => {
    const detector = aDetector()
    for (const event of readPlacedCase('equal-words').events) detector.detect(event)
    const bodies = detector.changedRecords(true).map(({ body }) => body as Partial<TemplateBody>)
    expect(bodies.filter(({ templateText }) => templateText?.startsWith('Back-off') === true)).toMatchObject([
      { occurrences: 36, objects: 2 },
    ])
  })
})

describe('no Started event is not proof', () => {
  it('makes nothing worse than information of it', () => {
    const detector = aDetector()
    for (const event of readPlacedCase('reporter-limit').events) detector.detect(event)
    pass(detector, Date.parse('2026-05-11T10:30:00Z') * 1_000, 'cases')
    expect(detector.patterns().every(({ severity }) => severity === 'info')).toBe(true)
  })
})

describe('once at three', () => {
  it('is recurring by pod at the third occurrence, and the key holds neither uid nor version', () => {
    const byPod = {
      name: 'three in five minutes',
      key: ['reason', 'namespace', 'regarding.name'],
      minOccurrences: 3,
      minRatePerMinute: 0,
      windowMicros: 5 * MINUTE,
    }
    const detector = aDetector({ patterns: [byPod] })
    const isFlapping = (): boolean | undefined =>
      detector.patterns().find(({ key }) => key['regarding.name'] === 'flap-0')?.isRecurring
    const states = readPlacedCase('third-time').events.map((event) =>
      [event.reason, detector.detect(event), isFlapping()].at(-1),
    )
    expect(states.slice(0, 4)).toEqual([false, false, true, true])
    expect(
      detector
        .patterns()
        .filter(({ isRecurring }) => isRecurring)
        .map(({ key }) => key['regarding.name']),
    ).toEqual(['late-0', 'flap-0'])
    pass(detector, Date.parse('2026-05-11T10:07:31Z') * 1_000, 'cases')
    expect(detector.patterns().some(({ isRecurring }) => isRecurring)).toBe(false)
  })
})
