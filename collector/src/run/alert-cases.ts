import { z } from 'zod'
import { evaluate, plain, problemEdges, rowEdges, type AlertRule, type Edge } from '../alert/alert.ts'
import { asObservation } from '../api/problems/as-observation.ts'
import { createRuleSet } from '../classify/classify.ts'
import { DAY, MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { defaultConfig } from '../config/config.ts'
import { createStages } from '../create-stages.ts'
import type { AlertChange } from '../event/alert.ts'
import type { Observation, PlacedEvent } from '../event/observation.ts'
import { readPositioned } from '../expression/expression.ts'
import { formatDuration, parseDuration } from '../query/duration.ts'
import { formatTime } from '../query/time.ts'

/** When every case begins. */
const START: EpochMicros = 1_767_225_600 * SECOND

const CLUSTER = 'cluster'

const micros = z
  .string()
  .refine((text) => parseDuration(text) !== null, {
    error: ({ input }) => `"${String(input)}" is no time after the beginning. Write for example 0s, 5m, 1h30m`,
  }) // prettier-ignore
  .transform((text) => parseDuration(text) ?? 0)

const event = z.strictObject({
  at: micros,
  reason: z.string().min(1),
  object: z.string().regex(/^\S+ \S+$/, 'must be a kind and a name, for example Pod shop/web-1 or Node worker-1'),
  note: z.string().default(''),
  type: z.string().default('Warning'),
  /** Kind and name of the top controller. */
  owner: z
    .string()
    .regex(/^\S+ \S+$/, 'must be a kind and a name, for example Deployment web')
    .optional(),
  node: z.string().default(''),
  controller: z.string().default('kubelet'),
  every: micros.optional(),
  times: z.int().min(1).max(10_000).default(1),
})

const expectation = z.strictObject({
  /** No earlier than `at`, no later than `by`. */
  at: micros,
  by: micros.optional(),
  fires: z.string().optional(),
  flaps: z.string().optional(),
  resolves: z.string().optional(),
  labels: z.record(z.string(), z.string()).default({}),
})

const file = z.strictObject({
  cases: z.array(
    z.strictObject({
      name: z.string().min(1),
      rule: z.string().optional(),
      events: z.array(event),
      unwatched: z.array(z.strictObject({ from: micros, to: micros })).default([]),
      until: micros,
      expect: z.array(expectation),
    }),
  ),
})

type Case = z.output<typeof file>['cases'][number]
type Told = z.output<typeof event>

/** How one case went: nothing wrong, or what was expected and did not come, and what came and was not expected. */
export interface CaseResult {
  readonly name: string
  readonly changes: readonly string[]
  readonly wrong: readonly string[]
}

/** A file with cases that cannot be read, with every mistake. */
export class CasesError extends Error {
  override readonly name = 'CasesError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * Plays the events of each case through the stages and the sweep that judges live, and compares what alerts with what is
 * expected: nothing less and nothing more.
 *
 * @throws CasesError the file is none.
 */
export function runAlertCases(rules: readonly AlertRule[], text: string): readonly CaseResult[] {
  const { root, mistakes } = readPositioned(text)
  if (root === null) throw new CasesError(mistakes.map(({ line, what, fix }) => `line ${String(line)}: ${what} ${fix}`))
  const result = file.safeParse(plain(root))
  if (!result.success) {
    throw new CasesError(result.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`))
  }
  return result.data.cases.map((each) => runCase(rules, each))
}

function runCase(rules: readonly AlertRule[], each: Case): CaseResult {
  const wanted = each.rule === undefined ? rules : rules.filter(({ name }) => name === each.rule)
  if (wanted.length === 0) return { name: each.name, changes: [], wrong: [`There is no rule "${each.rule ?? ''}".`] }
  const { bodies, rows } = play(each)
  const end = START + each.until
  const breaks = each.unwatched.map(({ from, to }) => ({ from: START + from, to: START + to }))
  const changes = wanted.flatMap((rule) => {
    const edges: Edge[] = bodies.flatMap((problem) => problemEdges(rule, problem, asObservation))
    for (const row of rows) edges.push(...rowEdges(rule, row, row.lastObserved))
    const time = { cluster: CLUSTER, clock: end, now: end, breaks }
    return evaluate(rule, new Map([[CLUSTER, edges]]), [time]).changes
  })
  changes.sort((a, b) => a.at - b.at)
  return { name: each.name, changes: changes.map(changeText), wrong: compare(each, changes) }
}

/** Every event of the case, through normalize, classify, topology and problem. */
function play({ events, unwatched, until }: Case) {
  const { normalize, topology, problems } = createStages(defaultConfig())
  const rules = createRuleSet({ files: [], clock: () => START })
  const rows: Observation[] = []
  const pass = (time: EpochMicros, isWatched: boolean) =>
    problems.advance({ cluster: CLUSTER, until: START + time, isWatched })
  const steps = [
    ...events.flatMap((told) =>
      Array.from({ length: told.times }, (_, time) => ({ at: told.at + time * (told.every ?? MINUTE), told })),
    ),
    ...unwatched.flatMap(({ from, to }) => [
      { at: from, isWatched: false },
      { at: to, isWatched: true },
    ]),
  ].sort((a, b) => a.at - b.at)
  pass(0, true)
  for (const [place, step] of steps.entries()) {
    if ('isWatched' in step) {
      pass(step.at, step.isWatched)
      continue
    }
    const raw = rawEvent(step.told, START + step.at, place)
    if (step.told.owner !== undefined) topology.learn(CLUSTER, factOf(step.told))
    const origin = { cluster: CLUSTER, clusterUid: null, source: 'live' }
    const event = normalize(raw, origin, START + step.at)
    if ('refused' in event) throw new CasesError([`${step.told.reason}: ${event.detail}`])
    const counts = { countDelta: 1, deltaSince: event.firstObserved, countUnplaced: 0, countEstimated: false }
    const placed: PlacedEvent = { ...event, ...counts, ...rules.classify(event), ...topology.place(event) }
    problems.judge(placed)
    rows.push({ ...placed, correlationId: '', correlationRule: '', templateId: '', patternIds: [] })
  }
  pass(until, true)
  const bodies = problems.changedRecords(true).flatMap((record) => (record.kind === 'problem' ? [record] : []))
  return { bodies, rows }
}

function rawEvent({ reason, object, note, type, node, controller }: Told, at: EpochMicros, place: number) {
  const time = formatTime(at)
  const { kind, namespace, name } = objectOf(object)
  const uid = `event-${String(place)}`
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: uid, namespace: namespace || 'default', uid, resourceVersion: String(place + 1), creationTimestamp: time }, // prettier-ignore
    eventTime: time,
    deprecatedFirstTimestamp: time,
    deprecatedLastTimestamp: time,
    deprecatedCount: 1,
    deprecatedSource: { component: controller, host: node },
    reportingController: controller,
    reportingInstance: node,
    action: reason,
    reason,
    note,
    type,
    regarding: { kind, namespace, name, uid: `uid of ${object}`, apiVersion: 'v1' },
  }
}

function factOf({ object, owner = '', node }: Told) {
  const { kind, namespace, name } = objectOf(object)
  const [ownerKind = '', ownerName = ''] = owner.split(' ')
  const owners = [{ kind: ownerKind, name: ownerName, uid: `uid of ${owner}`, controller: true }]
  return { kind, namespace, name, uid: `uid of ${object}`, apiVersion: 'v1', owners, ...(node === '' ? {} : { node }) }
}

function objectOf(text: string) {
  const [kind = '', path = ''] = text.split(' ')
  const slash = path.indexOf('/')
  return { kind, namespace: slash < 0 ? '' : path.slice(0, slash), name: path.slice(slash + 1) }
}

type Change = Pick<AlertChange, 'rule' | 'state' | 'at' | 'labels'>

function compare({ expect }: Case, changes: readonly Change[]): readonly string[] {
  const left = [...changes]
  const missing = expect.filter((wanted) => {
    const place = left.findIndex((change) => meets(change, wanted))
    if (place >= 0) left.splice(place, 1)
    return place < 0
  })
  return [
    ...missing.map((wanted) => `Expected, and it did not come: ${expectationText(wanted)}`),
    ...left.map((change) => `Came, and was not expected: ${changeText(change)}`),
  ]
}

type Expectation = z.output<typeof expectation>

function meets(
  { rule, state, at, labels }: Change,
  { at: from, by = from, fires, flaps, resolves, labels: wanted }: Expectation,
) {
  const name = { firing: fires, flapping: flaps, resolved: resolves }[state]
  const time = at - START
  return (
    name === rule && time >= from && time <= by && Object.entries(wanted).every(([key, value]) => labels[key] === value)
  )
}

const VERBS = { firing: 'fires', flapping: 'flaps', resolved: 'resolves' } as const

function changeText({ rule, state, at, labels }: Change): string {
  const own = Object.entries(labels).filter(([name]) => name !== 'cluster')
  const shown = own.map(([name, value]) => `${name}=${value}`)
  return `${formatDuration(Math.min(at - START, 400 * DAY))} ${VERBS[state]} ${rule} ${shown.join(' ')}`.trimEnd()
}

function expectationText({ at, by, fires, flaps, resolves, labels }: Expectation): string {
  const what = fires === undefined ? (flaps === undefined ? `resolves ${resolves ?? '?'}` : `flaps ${flaps}`) : `fires ${fires}` // prettier-ignore
  const shown = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  return `${formatDuration(at)}${by === undefined ? '' : ` to ${formatDuration(by)}`} ${what} ${shown.join(' ')}`.trimEnd()
}
