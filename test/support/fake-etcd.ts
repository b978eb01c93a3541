/** An Event as the fake server keeps it. Enough for the stages, and small enough to be read in a failing test. */
export interface FakeEvent {
  readonly kind: 'Event'
  readonly apiVersion: 'events.k8s.io/v1'
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly reportingController: string
  readonly regarding: { readonly kind: string; readonly namespace: string; readonly name: string }
  readonly deprecatedFirstTimestamp: string
  readonly deprecatedLastTimestamp: string
  readonly deprecatedCount: number
}

export interface Version {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly resourceVersion: number
  readonly event: FakeEvent
}

export interface NewEvent {
  readonly name: string
  readonly namespace?: string
  readonly kind?: string
  readonly type?: string
  readonly reason?: string
  readonly note?: string
  readonly reportingController?: string
  readonly count?: number
}

/** How many continue tokens the server remembers the contents of. */
const OPEN_LISTS = 100

/** Objects and their history, by global versions, as far as lists and watches of events can tell. */
export class Etcd {
  #resourceVersion = 1_000
  #compacted = 999
  #uids = 0
  #tokens = 0
  #live = new Map<string, FakeEvent>()
  #history: Version[] = []
  readonly #lists = new Map<string, { readonly resourceVersion: number; readonly rest: FakeEvent[] }>()
  /** Key of the last item before each token: where a list goes on whose token has expired. */
  readonly #lastKeys = new Map<string, string>()
  readonly #resumes = new Map<string, string>()
  readonly #listeners: ((version: Version) => void)[] = []

  get resourceVersion(): number {
    return this.#resourceVersion
  }

  get live(): readonly FakeEvent[] {
    return [...this.#live.values()]
  }

  onVersion(listener: (version: Version) => void): void {
    this.#listeners.push(listener)
  }

  create({ name, namespace = 'shop', count = 1, ...rest }: NewEvent): FakeEvent {
    const key = `${namespace}/${name}`
    if (this.#live.has(key)) throw new Error(`${key} exists`)
    const uid = `00000000-0000-4000-8000-${String(++this.#uids).padStart(12, '0')}`
    const now = new Date().toISOString()
    return this.#put('ADDED', {
      kind: 'Event',
      apiVersion: 'events.k8s.io/v1',
      metadata: { name, namespace, uid, resourceVersion: '', creationTimestamp: now },
      type: rest.type ?? 'Normal',
      reason: rest.reason ?? 'Pulled',
      note: rest.note ?? `note of ${name}`,
      reportingController: rest.reportingController ?? 'kubelet',
      regarding: { kind: rest.kind ?? 'Pod', namespace, name: name.split('.')[0] ?? name },
      deprecatedFirstTimestamp: now,
      deprecatedLastTimestamp: now,
      deprecatedCount: count,
    })
  }

  /** One more occurrence. */
  repeat(name: string, namespace = 'shop'): FakeEvent {
    const event = this.#live.get(`${namespace}/${name}`)
    if (event === undefined) throw new Error(`${namespace}/${name} does not exist`)
    return this.#put('MODIFIED', { ...event, deprecatedCount: event.deprecatedCount + 1 })
  }

  delete(name: string, namespace = 'shop'): void {
    const event = this.#live.get(`${namespace}/${name}`)
    if (event === undefined) throw new Error(`${namespace}/${name} does not exist`)
    this.#put('DELETED', event)
  }

  /** Something else in the cluster was written. */
  tick(): void {
    this.#resourceVersion += 1
  }

  /** History up to now is gone: older watches and lists get 410. */
  compact(): void {
    this.#compacted = this.#resourceVersion
    this.#history = []
    this.#lists.clear()
  }

  /** What `restore` needs. */
  backup(): () => void {
    const resourceVersion = this.#resourceVersion
    const live = new Map(this.#live)
    return () => {
      this.#resourceVersion = resourceVersion
      this.#live = live
      this.compact()
    }
  }

  /** Another cluster's etcd. */
  rebuild(): void {
    this.#resourceVersion = 1_000
    this.#live = new Map()
    this.compact()
  }

  list(options: { limit: number; token: string | null; matches: (event: FakeEvent) => boolean }):
    | { readonly kind: 'expired'; readonly token: string }
    | {
        readonly kind: 'page'
        readonly resourceVersion: number
        readonly items: readonly FakeEvent[]
        readonly token: string | null
      } {
    const { token, matches } = options
    const resumed = token === null ? '' : this.#resumes.get(token)
    const open = resumed === undefined ? this.#lists.get(token ?? '') : this.#newList(matches, resumed)
    if (open === undefined) return { kind: 'expired', token: this.#resume(token ?? '') }
    const size = options.limit > 0 ? options.limit : open.rest.length
    const rest = open.rest.slice(size)
    const { resourceVersion } = open
    const items = open.rest.slice(0, size)
    return { kind: 'page', resourceVersion, items, token: this.#token(resourceVersion, items, rest) }
  }

  /** Versions after `resourceVersion`, oldest first. */
  since(resourceVersion: number): readonly Version[] | 'compacted' {
    if (resourceVersion < this.#compacted) return 'compacted'
    return this.#history.filter((version) => version.resourceVersion > resourceVersion)
  }

  /** A list comes in the order of keys, which is not that of versions. */
  #newList(matches: (event: FakeEvent) => boolean, after: string): { resourceVersion: number; rest: FakeEvent[] } {
    const keys = [...this.#live.keys()].filter((key) => key > after).sort()
    const rest = keys.flatMap((key) => this.#live.get(key) ?? []).filter(matches)
    return { resourceVersion: this.#resourceVersion, rest }
  }

  /** As the real server: the rest of an expired list, at the newest version. */
  #resume(token: string): string {
    const resume = `token-${++this.#tokens}`
    this.#resumes.set(resume, this.#lastKeys.get(token) ?? '')
    return resume
  }

  #token(resourceVersion: number, items: readonly FakeEvent[], rest: FakeEvent[]): string | null {
    if (rest.length === 0) return null
    const token = `token-${++this.#tokens}`
    const last = items.at(-1)?.metadata
    this.#lastKeys.set(token, `${last?.namespace}/${last?.name}`)
    this.#lists.set(token, { resourceVersion, rest })
    const oldest = this.#lists.size > OPEN_LISTS ? this.#lists.keys().next().value : undefined
    if (oldest !== undefined) this.#lists.delete(oldest)
    return token
  }

  #put(type: Version['type'], event: FakeEvent): FakeEvent {
    this.#resourceVersion += 1
    const resourceVersion = this.#resourceVersion
    const written = { ...event, metadata: { ...event.metadata, resourceVersion: String(resourceVersion) } }
    const key = `${event.metadata.namespace}/${event.metadata.name}`
    if (type === 'DELETED') this.#live.delete(key)
    else this.#live.set(key, written)
    const version: Version = { type, resourceVersion, event: written }
    this.#history.push(version)
    for (const listener of this.#listeners) listener(version)
    return written
  }
}

/** Field selectors as the API server of events.k8s.io reads them; an unknown field matches nothing. */
export function matchesSelector(event: FakeEvent, selector: string): boolean {
  if (selector === '') return true
  const values: Readonly<Record<string, string>> = {
    'regarding.kind': event.regarding.kind,
    type: event.type,
    reason: event.reason,
    reportingController: event.reportingController,
  }
  return selector.split(',').every((term) => {
    const [, field = '', operator, value] = /^([^!=]+)(!?=)(.*)$/.exec(term) ?? []
    return (values[field] === value) === (operator === '=')
  })
}
