import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { keyOf, type ObjectReference } from '../event/object-reference.ts'
import { severityRank } from '../event/words.ts'
import { greatest } from './extremes.ts'
import { incidentIdOf, lastChange, severityOf } from './life.ts'
import type { Incident, ProblemThen } from './model.ts'

/** An event that tells of something done on purpose. */
export interface PlannedEvent {
  readonly id: string
  readonly cluster: string
  readonly reason: string
  readonly regarding: Pick<ObjectReference, 'kind' | 'namespace' | 'name'>
  readonly node: string
  readonly note: string
  readonly lastObserved: EpochMicros
}

/** What starts the emptying of a node, surest first, and how it is called. */
const NODE_STARTS = [
  ['SpotInterrupted', 'The provider takes node {node} back, and it is emptied'],
  ['SpotInterruption', 'The provider takes node {node} back, and it is emptied'],
  ['TerminatingOnInterruption', 'The provider takes node {node} back, and it is emptied'],
  ['ScaleDown', 'The autoscaler empties and removes node {node}'],
  ['DisruptionTerminating', 'Karpenter empties and removes node {node}'],
  ['DisruptionLaunching', 'Karpenter replaces node {node}'],
  ['Shutdown', 'Node {node} shuts down in an orderly way'],
  ['NodeNotSchedulable', 'Node {node} is cordoned'],
] as const

const NODE_GOES_ON = ['DeletingNode', 'RemovingNode', 'Evicted', 'NodeSchedulable', 'DeletingAllPods']
const ROLLOUTS = ['ScalingReplicaSet', 'SuccessfulRescale']

/** Reasons that stories of planned work are made of. */
export const PLANNED_REASONS: readonly string[] = [
  ...NODE_STARTS.map(([reason]) => reason),
  ...NODE_GOES_ON,
  ...ROLLOUTS,
]

/** Work that rests for longer is done, and what follows is another story, µs. */
const REST = 30 * MINUTE
const DONE = 10 * MINUTE

/** Trouble that began so long before or after is not of the work, µs. */
const BEFORE = MINUTE
const AFTER = 10 * MINUTE

/** Planned work, and what it did to pods and workloads. */
interface Story {
  readonly isNode: boolean
  readonly subject: PlannedEvent['regarding']
  readonly events: readonly PlannedEvent[]
}

/**
 * Planned work as incidents of their own kind, with the mild trouble that belongs to it; and the incidents that are left. What is
 * severe, or is a drain that fails, stays an incident; so does what goes on after a rollout.
 *
 * @param events newest last.
 */
export function tellPlanned(
  incidents: readonly Incident[],
  events: readonly PlannedEvent[],
  at: EpochMicros,
): { readonly incidents: readonly Incident[]; readonly planned: readonly Incident[] } {
  const stories = storiesOf(events)
  const byPlace = Map.groupBy(stories, placeOf)
  const absorbed = new Map<Story, Incident[]>()
  const left = incidents.filter((incident) => {
    const story = placesOf(incident).flatMap((place) => byPlace.get(place) ?? []).find((each) => isOf(each, incident)) // prettier-ignore
    if (story !== undefined) absorbed.set(story, [...(absorbed.get(story) ?? []), incident])
    return story === undefined
  })
  const troubled = Map.groupBy(left.flatMap((each) => placesOf(each).map((place) => ({ place, each }))), ({ place }) => place) // prettier-ignore
  const planned = stories
    .filter((story) => story.isNode || !(troubled.get(placeOf(story)) ?? []).some(({ each }) => isNear(story, each)))
    .map((story) => toIncident(story, absorbed.get(story) ?? [], at))
  return { incidents: left, planned: planned.sort((a, b) => b.lastObserved - a.lastObserved) }
}

function storiesOf(events: readonly PlannedEvent[]): readonly Story[] {
  const bySubject = Map.groupBy(events, (event) => {
    const subject = subjectOf(event)
    return subject === null ? '' : keyOf([event.cluster, subject.kind, subject.namespace, subject.name])
  })
  bySubject.delete('')
  return [...bySubject.values()].flatMap((all) =>
    parted(all).flatMap((part) => {
      const [first] = part
      const subject = first === undefined ? null : subjectOf(first)
      return subject === null ? [] : [{ isNode: subject.kind === 'Node', subject, events: part }]
    }),
  )
}

/** A node that is removed after it was lost was not emptied: only some reasons begin a story. */
function parted(events: readonly PlannedEvent[]): readonly (readonly PlannedEvent[])[] {
  const parts: PlannedEvent[][] = []
  for (const event of events) {
    const last = parts.at(-1)?.at(-1)
    if (last !== undefined && event.lastObserved - last.lastObserved <= REST) parts.at(-1)?.push(event)
    else if (!NODE_GOES_ON.includes(event.reason)) parts.push([event])
  }
  return parts
}

function subjectOf({ reason, regarding, node }: PlannedEvent): PlannedEvent['regarding'] | null {
  if (ROLLOUTS.includes(reason)) return reason === 'ScalingReplicaSet' ? regarding : null
  if (regarding.kind === 'Node') return { kind: 'Node', namespace: '', name: regarding.name }
  return regarding.kind === 'Pod' && node !== '' ? { kind: 'Node', namespace: '', name: node } : null
}

function placeOf({ isNode, subject, events }: Story): string {
  return isNode ? keyOf([events[0]?.cluster ?? '', '', subject.name]) : keyOf([events[0]?.cluster ?? '', subject.namespace, subject.name]) // prettier-ignore
}

function placesOf({ cluster, problems }: Incident): readonly string[] {
  const places = problems.flatMap(({ body: { object, workload, node } }) => [
    keyOf([cluster, '', object.kind === 'Node' ? object.name : node]),
    keyOf([cluster, object.namespace, workload.name]),
  ])
  return [...new Set(places)]
}

/** Kinds of problems that only announce the work. */
const ANNOUNCES: ReadonlySet<string> = new Set([...NODE_STARTS.map(([reason]) => reason), 'DeletingNode'])

function isOf(story: Story, incident: Incident): boolean {
  const isMild = incident.problems.every(
    ({ body }) => ANNOUNCES.has(body.class) || severityRank(body.severity) <= severityRank('medium'),
  )
  const isBlocked = incident.problems.some(({ body }) => ['FailedDraining', 'ScaleDownFailed'].includes(body.class))
  if (!isMild || isBlocked || !isNear(story, incident)) return false
  return story.isNode || incident.state === 'over'
}

function isNear({ events }: Story, { opened }: Incident): boolean {
  const begin = events[0]?.lastObserved ?? 0
  return opened >= begin - BEFORE && opened <= (events.at(-1)?.lastObserved ?? 0) + AFTER
}

function toIncident(story: Story, absorbed: readonly Incident[], at: EpochMicros): Incident {
  const { subject, events } = story
  const [first] = events
  if (first === undefined) throw new Error('a story has at least one event')
  const problems: readonly ProblemThen[] = absorbed.flatMap((each) => each.problems)
  const told = events.at(-1)?.lastObserved ?? first.lastObserved
  const isOver = told < at - DONE && absorbed.every(({ state }) => state === 'over')
  const words = wordsOf(story)
  const place = `${subject.kind} ${subject.namespace === '' ? '' : `${subject.namespace}/`}${subject.name}`
  const said = events.slice(0, 3).map((event) => ({
    from: place,
    to: `${place}: ${event.reason}`,
    rule: 'says',
    words: event.note,
    trust: 'certain' as const,
    lagSeconds: Math.round((event.lastObserved - first.lastObserved) / SECOND),
    observations: [event.id],
  }))
  const object = { kind: subject.kind, namespace: subject.namespace, name: subject.name }
  return {
    id: incidentIdOf(first.id),
    cluster: first.cluster,
    title: problems.length === 0 ? words : `${words}, with ${String(problems.length)} mild ${problems.length === 1 ? 'problem' : 'problems'}`, // prettier-ignore
    state: isOver ? 'over' : 'open',
    planned: true,
    severity: severityOf(problems),
    worst: severityOf(problems),
    opened: first.lastObserved,
    lastObserved: Math.max(
      told,
      greatest(problems, ({ body }) => body.lastObserved),
    ),
    ended: isOver
      ? Math.max(
          told,
          greatest(problems, ({ body }) => lastChange(body)),
        )
      : null,
    reopened: null,
    isChronic: false,
    isMinor: false,
    problems,
    events: events.map(({ id }) => id),
    unknownBecause: null,
    changes: [],
    causes: [{ rank: 1, confidence: 'certain', object, thing: null, class: story.isNode ? 'NodeEmptied' : 'RolledOut', reason: first.reason, words, explains: problems.length, evidence: said }], // prettier-ignore
  }
}

function wordsOf({ isNode, subject, events }: Story): string {
  if (isNode) {
    const said = NODE_STARTS.find(([reason]) => events.some((event) => event.reason === reason))
    return (said?.[1] ?? 'Node {node} is emptied').replace('{node}', subject.name)
  }
  const replicaSets = new Set(events.flatMap(({ note }) => /replica set ([a-z0-9.-]{1,253})/.exec(note)?.[1] ?? []))
  return `${subject.kind} ${subject.name} was ${replicaSets.size > 1 ? 'rolled out' : 'scaled'}`
}
