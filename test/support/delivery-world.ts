import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DurableBuffer } from '../../collector/src/buffer/buffer.ts'
import type { Delivery, DeliveryBatch } from '../../collector/src/event/delivery.ts'
import { isBalanced } from '../../collector/src/event/outcome.ts'
import type { NormalizedEvent, Observation } from '../../collector/src/event/observation.ts'
import { Gate } from '../../collector/src/gate/gate.ts'
import { createNormalizer, DEFAULT_MAX_NOTE_BYTES } from '../../collector/src/normalize/normalize.ts'
import { Pipeline } from '../../collector/src/pipeline/pipeline.ts'
import { reconcile } from '../../collector/src/pipeline/reconcile.ts'
import { Sender } from '../../collector/src/pipeline/sender.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import {
  StoreUnavailableError,
  type EventStore,
  type AppliedBatch,
  type PendingBatch,
  type WriteResult,
} from '../../collector/src/store/store.ts'
import { anObservation } from './an-observation.ts'
import { rawOf, SimulatedServer, type Version } from './simulated-server.ts'

const KEYS = 4
const STREAM = { clusterUid: 'c', path: '/apis/events.k8s.io/v1/events', selector: '' }
const ORIGIN = { cluster: 'lab', clusterUid: 'c', source: 'live' }
const never = new AbortController().signal

export const OPERATIONS = [
  'create',
  'create',
  'create',
  'patch',
  'patch',
  'patch',
  'patch',
  'lower',
  'expire',
  'again',
  'hour',
  'compact',
  'backup',
  'restore',
  'read',
  'read',
  'read',
  'read',
  'read',
  'read',
  'commit',
  'commit',
  'send',
  'flush',
  'flush',
  'down',
  'up',
  'crash',
  'crash',
  'loseBuffer',
  'loseStore',
] as const
export interface Step {
  readonly operation: (typeof OPERATIONS)[number]
  readonly number: number
}

/** A store that can be switched off, and that can fail after it has written (the answer is lost on the way). */
class SwitchedStore {
  inner: EventStore = createMemoryStore()
  down = false
  loseAnswer = false

  async write(batch: PendingBatch, signal: AbortSignal): Promise<WriteResult> {
    this.#check('write')
    const result = await this.inner.write(batch, signal)
    if (this.loseAnswer) throw new StoreUnavailableError('write', { cause: new Error('the answer was lost') })
    return result
  }
  async applied(bufferId: string): Promise<AppliedBatch> {
    this.#check('applied')
    return this.inner.applied(bufferId)
  }
  async findStored(...args: Parameters<EventStore['findStored']>): ReturnType<EventStore['findStored']> {
    this.#check('find')
    return this.inner.findStored(...args)
  }
  async findChains(...args: Parameters<EventStore['findChains']>): ReturnType<EventStore['findChains']> {
    this.#check('find')
    return this.inner.findChains(...args)
  }
  #check(operation: string): void {
    if (this.down) throw new StoreUnavailableError(operation, { cause: new Error('switched off') })
  }
}

/**
 * One schedule over the real normalizer, gate, pipeline, buffer and memory store, against a simulated server. It asks
 * the same of the real code as the model of the delivery rules asks of itself:
 * held by the server = stored once; nothing stored twice; accounts balance; per chain Σ(delta + unplaced) = highest
 * count unless flagged or under a gap; no version passes the stages twice in one life unless undecided.
 */
export class DeliveryWorld {
  readonly #server = new SimulatedServer()
  readonly #store = new SwitchedStore()
  readonly #directory: string
  readonly #broken: string[] = []
  readonly #gapped = new Set<string>()
  #file = ''
  #buffer!: DurableBuffer
  #pipeline!: Pipeline
  #sender: Sender | null = null
  #attempts = new AbortController()
  #passed = new Set<string>()
  #mode: 'list' | 'drain' | 'watch' = 'list'
  #spool: Version[] = []
  #listVersion = 0
  #position = 0
  #epoch = 0

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** What was broken, in words; empty when every promise held. */
  static async run(directory: string, steps: readonly Step[]): Promise<readonly string[]> {
    const world = new DeliveryWorld(directory)
    world.#file = join(directory, `${randomUUID()}.sqlite`)
    await world.#start()
    for (const step of steps) await world.#do(step)
    await world.#settle()
    world.#buffer.close()
    return world.#broken
  }

  async #start(): Promise<void> {
    this.#buffer = DurableBuffer.open(this.#file, 1_000_000, 'test').buffer
    // A memory store forgets its sequences with the process; here it stands for one on disk.
    const isLost = await reconcile(this.#buffer, this.#store.inner, Number.MAX_SAFE_INTEGER, never)
    if (isLost) for (const version of this.#server.all) this.#gapped.add(chainOf(version))
    this.#passed = new Set()
    this.#sender = null
    this.#pipeline = new Pipeline(this.#stages(), {
      commit: async (commit) => this.#buffer.commit(commit),
      room: async () => undefined,
      mustDrop: () => false,
      expiredBy: () => null,
      onRefused: (cause, detail) => this.#broken.push(`refused: ${cause} ${detail}`),
    })
    this.#relist()
  }

  #stages() {
    const shape = anObservation()
    const recorder = {
      remember: () => undefined,
      rememberRecord: () => undefined,
      changedRecords: () => [],
      advance: () => undefined,
    }
    const { category, severity, rule, metadata, owner, topologyEvidence, objectLabels, node } = shape
    return {
      normalize: createNormalizer({ maxNoteBytes: DEFAULT_MAX_NOTE_BYTES, redact: { enabled: true, keys: [] } }),
      gate: new Gate(this.#buffer, this.#store),
      rules: { filteredBy: () => null, classify: () => ({ category, severity, rule, metadata }) },
      topology: {
        learn: () => undefined,
        storageOf: () => null,
        place: (event: NormalizedEvent) => this.#pass(event, { owner, topologyEvidence, objectLabels, node }),
      },
      problems: {
        ...recorder,
        judge: () => null,
        takeChanged: () => [],
        remember: () => null,
        podsSought: () => null,
        all: () => [],
        see: () => undefined,
      },
      correlator: {
        follow: () => undefined,
        ...recorder,
        correlate: () => ({ correlationId: 'c', correlationRule: 'test' }),
      },
      detector: { ...recorder, detect: () => ({ templateId: '', patternIds: [] }) },
    }
  }

  #pass<T>(event: NormalizedEvent, placement: T): T {
    if (this.#passed.has(event.id) && !this.#store.down) this.#broken.push(`passed the stages twice: ${event.id}`)
    this.#passed.add(event.id)
    return placement
  }

  async #do({ operation, number }: Step): Promise<void> {
    const server = this.#server
    const key = number % KEYS
    server.tick()
    switch (operation) {
      case 'create':
        return server.create(key)
      case 'patch':
        return server.patch(key, 1 + (Math.floor(number / KEYS) % 3))
      case 'lower':
        return server.patch(key, -1 - (Math.floor(number / KEYS) % 2))
      case 'expire':
        return server.expire(key)
      case 'again':
        return server.recreate(key, Math.floor(number / KEYS) % 2 === 1)
      case 'hour':
        return server.longPause()
      case 'compact':
        return server.compact()
      case 'backup':
        return server.backup()
      case 'restore':
        return server.restore()
      case 'read':
        for (let times = 0; times <= Math.floor(number / 8) % 4; times += 1) await this.#read()
        return
      case 'commit':
        return this.#pipeline.flush({ withRecords: false })
      case 'send':
        return this.#send(true)
      case 'flush':
        await this.#pipeline.flush({ withRecords: false })
        return this.#send(false)
      case 'down':
        this.#store.down = true
        return
      case 'up':
        this.#store.down = false
        return
      case 'crash':
        return this.#crash()
      case 'loseBuffer':
        this.#file = join(this.#directory, `${randomUUID()}.sqlite`)
        return this.#crash()
      case 'loseStore':
        this.#store.inner = createMemoryStore()
        for (const version of server.all) this.#gapped.add(chainOf(version))
        return this.#crash()
    }
  }

  /** kill -9: what is not on disk is gone. */
  async #crash(): Promise<void> {
    this.#balance()
    this.#buffer.close()
    await this.#start()
  }

  #relist(): void {
    this.#mode = 'list'
    this.#spool = []
  }

  /** One step of the list-and-watch loop. Answers whether anything moved. */
  async #read(): Promise<boolean> {
    if (this.#epoch !== this.#server.epoch) this.#relist()
    if (this.#mode === 'list') {
      this.#spool = [...this.#server.live]
      this.#listVersion = this.#server.resourceVersion
      this.#epoch = this.#server.epoch
      this.#mode = 'drain'
      return true
    }
    if (this.#mode === 'drain') {
      const items = this.#spool.splice(0, 2)
      const isLast = this.#spool.length === 0
      await this.#accept(items, isLast ? this.#listVersion : null)
      if (isLast) {
        this.#mode = 'watch'
        this.#position = this.#listVersion
      }
      return true
    }
    const next = this.#server.after(this.#position)
    if (next === null) return false
    if (next === 'gone') this.#relist()
    else {
      await this.#accept([next], next.resourceVersion)
      this.#position = next.resourceVersion
    }
    return true
  }

  async #accept(versions: readonly Version[], position: number | null): Promise<void> {
    const deliveries: Delivery[] = versions.map((version) => ({
      kind: 'event',
      raw: rawOf(version),
      place: { stream: 's' },
    }))
    const batch: DeliveryBatch = {
      origin: ORIGIN,
      received: 0,
      deliveries,
      position: position === null ? null : { stream: STREAM, resourceVersion: String(position) },
    }
    await this.#pipeline.accept(batch, never)
  }

  async #send(losingAnswer: boolean): Promise<void> {
    this.#attempts = new AbortController()
    this.#store.loseAnswer = losingAnswer
    const options = {
      delay: async () => this.#attempts.abort(),
      random: () => 0,
      onState: () => undefined,
      onRoom: () => undefined,
    }
    this.#sender ??= new Sender(this.#buffer, this.#store, options)
    await this.#sender.drain(this.#attempts.signal)
    this.#store.loseAnswer = false
    this.#balance()
  }

  async #settle(): Promise<void> {
    this.#store.down = false
    for (let round = 0; round < 400; round += 1) {
      const moved = await this.#read()
      await this.#pipeline.flush({ withRecords: false })
      await this.#send(false)
      if (!moved) return this.#judge()
    }
    this.#broken.push('no rest after 400 rounds')
  }

  async #judge(): Promise<void> {
    if (this.#buffer.pendingRows > 0) this.#broken.push('the buffer is not empty')
    const rows: Observation[] = []
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER, filter: { op: 'all' as const } }
    for await (const page of this.#store.inner.scan(range, never)) rows.push(...page)
    const ids = rows.map(identity)
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) this.#broken.push(`stored twice: ${id}`)
    for (const version of this.#server.live) {
      const id = identity({ uid: version.uid, resourceVersion: version.resourceVersion, lastObserved: version.last })
      if (!ids.includes(id)) this.#broken.push(`lost: ${id}`)
    }
    this.#judgeChains(rows)
  }

  #judgeChains(rows: readonly Observation[]): void {
    for (const [chain, members] of Map.groupBy(rows, ({ name, firstObserved }) => `${name}/${firstObserved}`)) {
      if (this.#gapped.has(chain) || members.some(({ countEstimated }) => countEstimated)) continue
      const total = members.reduce((sum, { countDelta, countUnplaced }) => sum + countDelta + countUnplaced, 0)
      const highest = Math.max(...members.map(({ count }) => count))
      if (total !== highest) this.#broken.push(`${chain}: ${total} occurrences, highest count ${highest}`)
    }
  }

  #balance(): void {
    const accounts = this.#buffer.accounts()
    if (!isBalanced(accounts)) this.#broken.push(`accounts: ${JSON.stringify(accounts)}`)
  }
}

function chainOf({ key, first }: Version): string {
  return `e-${key}.1/${first}`
}

function identity(row: Pick<Observation, 'uid' | 'resourceVersion' | 'lastObserved'>): string {
  return `${row.uid} ${row.resourceVersion} ${row.lastObserved}`
}
