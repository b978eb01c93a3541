import type { Express, RequestHandler } from 'express'
import { z } from 'zod'
import { CHANGE_KINDS, FIELDS_KNOWN, MOST_FIELDS } from '../event/change.ts'
import { STREAM_SIGNALS, type Delivery } from '../event/delivery.ts'
import type { Outcome } from '../event/outcome.ts'
import { read } from '../query/request.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import type { Admission } from './admission.ts'
import { count } from './answer-schemas.ts'
import { boundedBodies, sentBody } from './bounded-bodies.ts'
import { clientSignal } from './client-signal.ts'
import type { Described } from './endpoints.ts'

import { AccessError, BusyError } from './problem-details.ts'

/** Longest body: a batch of a recording has 4 MB of events and the one that came last. */
const MOST_BODY = 32 * 1024 * 1024
/** Of all that are received at once. */
const MOST_BODIES = 2 * MOST_BODY
/** A sender that waits longer for room is told to come again. */
const WAIT_MS = 30_000
const MOST_DELIVERIES = 1_000
/** A body is there as text, as what it says, and as what the line makes of that. */
const BYTES_PER_BODY_BYTE = 4

/** A part of a recording, as it goes through the line. */
export interface RecordedPart {
  readonly recording: string
  readonly cluster: string
  readonly deliveries: readonly Delivery[]
}

/** Where recordings go that are sent to a running collector. */
export interface RecordingInlet {
  /** Names of clusters that are, or shall be, watched here. */
  readonly watched: () => readonly string[]
  /** Takes a part through the line. Answers what ended before the buffer, by outcome and cause. */
  readonly accept: (part: RecordedPart, signal: AbortSignal) => Promise<Iterable<{ kind: string; cause: string; count: number }>>
} // prettier-ignore

const name = z.string().min(1).max(253).regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:/@-]*$/u, 'must be a name of letters, digits and . _ - : / @') // prettier-ignore
const texts = z.record(z.string(), z.string())
const place = z.strictObject({ stream: z.string().max(4_096), line: z.int().min(0).optional() })
const owner = z.strictObject({ kind: z.string(), name: z.string(), uid: z.string(), controller: z.boolean() })
const fact = z.strictObject({
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
  uid: z.string(),
  apiVersion: z.string(),
  owners: z.array(owner),
  node: z.string().optional(),
  claims: z.array(z.string()).optional(),
  volume: z.string().optional(),
  storageClass: z.string().optional(),
  scaleTarget: z.strictObject({ kind: z.string(), name: z.string() }).optional(),
  labels: texts.optional(),
})
const word = z.string().max(400)
const time = z.int().min(EARLIEST).max(LATEST)
const change = z.strictObject({
  id: word,
  at: time,
  body: z.strictObject({
    cluster: word,
    source: word,
    object: z.strictObject({ kind: word, namespace: word, name: word, uid: word, apiVersion: word }),
    owner: z.strictObject({ kind: word, name: word }),
    what: z.enum(CHANGE_KINDS),
    manager: word,
    fields: z.array(word).max(MOST_FIELDS),
    moreFields: count,
    fieldsKnown: z.enum(FIELDS_KNOWN),
    timeFrom: z.enum(['server', 'arrival']),
    received: time,
  }),
})
const delivery = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('event'), raw: z.record(z.string(), z.unknown()), place }),
  z.strictObject({ kind: z.literal('refused'), cause: z.enum([...STREAM_SIGNALS, 'malformed', 'too large', 'not an event']), detail: z.string().max(4_096), place }),
  z.strictObject({ kind: z.literal('fact'), fact }),
  z.strictObject({ kind: z.literal('change'), change }),
]) // prettier-ignore

export const recordingRequest = z.strictObject({
  recording: name.meta({ description: 'Name of the recording: the source of its observations is `recording NAME`' }),
  cluster: name.meta({ description: 'Name of the cluster in its observations; none that is or was watched here' }),
  deliveries: z.array(delivery).max(MOST_DELIVERIES).meta({
    description:
      'What was read, in the order of its times: events as Kubernetes gives them, what could not be used, facts about objects, changes of them',
  }),
})

const byCause = z.record(z.string(), count)
export const recordingSchema = z.strictObject({
  received: count,
  accepted: count.meta({ description: 'On their way to the store.' }),
  alreadyStored: count,
  filtered: byCause,
  signalled: byCause,
  dropped: byCause,
})

/** The one address that writes. */
export const RECORDINGS: Described = {
  methods: ['post'],
  path: '/recordings',
  summary: 'Takes a part of a recording through all stages. `eventloom replay --url` sends a recording in such parts. Refused (409) for the name of a cluster that is or was watched here.',
  request: recordingRequest,
} // prettier-ignore

/** Adds the address that takes recordings; without an inlet it refuses them. Before others, since its bodies may be longer. */
export function addRecordings(
  app: Express,
  inlet: RecordingInlet | undefined,
  { reader, admission }: { readonly reader: EventReader; readonly admission: Admission },
): void {
  const free = new Set<string>()
  const handle: RequestHandler = async (request, response) => {
    if (inlet === undefined) throw new AccessError('refused-recording', 'This collector only shows what it has.')
    const { signal, release } = clientSignal(response, null)
    try {
      const part = read(recordingRequest, sentBody(request)) as RecordedPart
      if (inlet.watched().includes(part.cluster)) throw taken(part.cluster, 'is watched here')
      if (!free.has(part.cluster) && (await hasLiveRows(reader, part.cluster, signal))) throw taken(part.cluster, 'was watched here') // prettier-ignore
      free.add(part.cluster)
      response.json(accountOf(await inlet.accept(part, signal)))
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    } finally {
      release()
    }
  }
  app.post(`/api/v1${RECORDINGS.path}`, admitted(admission), boundedBodies(MOST_BODY, MOST_BODIES), handle)
}

/** Waits for room for what comes, before it is received; the room is kept until it has been answered. */
function admitted(admission: Admission): RequestHandler {
  return async (request, response, next) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
    const bytes = encoding === undefined ? Math.min(Number(length ?? 0), MOST_BODY) : MOST_BODY
    const { signal, release } = clientSignal(response, WAIT_MS)
    try {
      const leave = await admission.enter(bytes * BYTES_PER_BODY_BYTE, signal)
      response.on('close', leave)
    } catch (error) {
      throw error === signal.reason && !response.destroyed ? new BusyError() : error
    } finally {
      release()
    }
    next()
  }
}

function taken(cluster: string, why: string): AccessError {
  return new AccessError('refused-recording', `Cluster "${cluster}" ${why}: a recording under its name would be mixed with what happened there. Choose another name: --cluster NAME`) // prettier-ignore
}

async function hasLiveRows(reader: EventReader, cluster: string, signal: AbortSignal): Promise<boolean> {
  const filter = { op: 'and', filters: [{ op: 'in', field: 'cluster', values: [cluster] }, { op: 'in', field: 'source', values: ['live'] }] } as const // prettier-ignore
  const page = { view: 'observations', order: 'newest', limit: 1 } as const
  const { rows } = await reader.events({ from: EARLIEST, to: LATEST, filter, ...page }, signal)
  return rows.length > 0
}

function accountOf(outcomes: Iterable<{ readonly kind: string; readonly cause: string; readonly count: number }>) {
  const counts = [...outcomes]
  const sumOf = (kind: Outcome['kind'] | 'received') => counts.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.count, 0) // prettier-ignore
  const byCauseOf = (kind: Outcome['kind']) => Object.fromEntries(counts.filter((each) => each.kind === kind).map((each) => [each.cause, each.count])) // prettier-ignore
  const received = sumOf('received')
  const accepted = received - sumOf('alreadyStored') - sumOf('filtered') - sumOf('signalled') - sumOf('dropped')
  const [filtered, signalled, dropped] = [byCauseOf('filtered'), byCauseOf('signalled'), byCauseOf('dropped')]
  return { received, accepted, alreadyStored: sumOf('alreadyStored'), filtered, signalled, dropped }
}
