import type { Connection } from './connection.ts'
import { ElasticsearchRefusedError } from './failure.ts'
import {
  dayOfIndex,
  indexTemplate,
  plainNameOf,
  readAliasOf,
  recordIndex,
  recordIndexOf,
  templateMark,
  writeAliasOf,
  type LayoutSettings,
} from './layout.ts'
import { probe, UnsupportedServerError } from './probe.ts'

/** Names of indices in one request at most: a URL has room for 4 kB. */
const NAMES_IN_URL = 40

/** What several callers wait for is not given up when one of them leaves. */
const NEVER = new AbortController().signal

/** One day of one type, as the cluster has it. */
export interface DayIndex {
  readonly name: string
  /** Midnight UTC that it begins at, µs. */
  readonly day: number
  readonly mappingVersion: number
}

/** The indices of one prefix: makes what is missing, lists and deletes what is ours. */
export class Indices {
  readonly settings: LayoutSettings
  readonly #connection: Connection
  /** Days that were seen or made; a bulk answer that misses one makes it forgotten. */
  readonly #known = new Set<string>()
  /** Indices with documents that no search sees yet. */
  #unrefreshed = new Set<string>()
  #refreshing: Promise<void> = Promise.resolve()
  #prepared: Promise<void> | null = null
  #stepsDone = 0

  constructor(connection: Connection, settings: LayoutSettings) {
    this.#connection = connection
    this.settings = settings
  }

  get records(): string {
    return recordIndexOf(this.settings.prefix)
  }

  /**
   * Checks the server, puts our template when it is absent or differs, and makes the index of records. Once; a failure is
   * tried again by the next call.
   *
   * @throws UnsupportedServerError
   */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepare(NEVER).catch((error: unknown) => {
      this.#prepared = null
      throw error
    })
    return this.#prepared
  }

  /** Makes the days that are missing, each with its write alias. */
  async ensure(names: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const missing = [...names].filter((name) => !this.#known.has(name)).sort()
    for (const name of missing) {
      await this.create(name, { aliases: { [writeAliasOf(name)]: {} } }, signal)
      this.#known.add(name)
    }
  }

  /** Makes indices anew that are not there any more: deleted by an administrator, or by another collector's retention. */
  async restore(names: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const days = new Set([...names].filter((name) => name !== this.records))
    for (const name of days) this.#known.delete(name)
    await this.ensure(days, signal)
    if (names.has(this.records)) await this.create(this.records, recordIndex(this.settings), signal)
  }

  /** Documents have gone to these; the next {@link refresh} makes searches see them. */
  touch(names: Iterable<string>): void {
    for (const name of names) this.#unrefreshed.add(name)
  }

  /** Makes searches see all that was written before this call. Costs nothing when nothing was. */
  refresh(): Promise<void> {
    if (this.#unrefreshed.size === 0) return this.#refreshing
    const names = this.#unrefreshed
    this.#unrefreshed = new Set()
    const mine = this.#refreshing
      .catch(() => undefined)
      .then(() => this.#refresh([...names]))
      .catch((error: unknown) => {
        this.touch(names)
        throw error
      })
    this.#refreshing = mine.catch(() => undefined)
    return mine
  }

  /** Our days, oldest first. Other indices, even of our prefix, are not looked at. */
  async days(signal: AbortSignal): Promise<readonly DayIndex[]> {
    const { prefix } = this.settings
    const query = { filter_path: '*.mappings._meta' }
    const { status, body } = await this.#connection.request<MappingAnswer>(
      'listing the indices',
      { method: 'GET', path: `/${readAliasOf(prefix)}/_mapping`, query, accept: [404] },
      signal,
    )
    if (status === 404) return []
    return Object.entries(body)
      .flatMap(([name, { mappings }]) => {
        const day = dayOfIndex(prefix, name)
        return day === null ? [] : [{ name, day, mappingVersion: mappings._meta.mappingVersion ?? 0 }]
      })
      .sort((a, b) => a.day - b.day || (a.name < b.name ? -1 : 1))
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    const accept = [404]
    await this.#connection.request('deleting an index', { method: 'DELETE', path: `/${name}`, accept }, signal)
    this.#known.delete(plainNameOf(name))
    this.#unrefreshed.delete(name)
  }

  /** What succeeded is not done again: a server under pressure may let one request pass now and then. */
  async #prepare(signal: AbortSignal): Promise<void> {
    const steps = [
      () => probe(this.#connection, signal),
      () => this.#prepareTemplate(signal),
      () => this.#prepareRecords(signal),
    ]
    for (; this.#stepsDone < steps.length; this.#stepsDone++) await steps[this.#stepsDone]?.()
  }

  async #prepareRecords(signal: AbortSignal): Promise<void> {
    const { status } = await this.#connection.request(
      'looking for the index of records',
      // Not HEAD: its answer could not say which privilege is missing.
      { method: 'GET', path: `/${this.records}`, query: { filter_path: '*.mappings._meta' }, accept: [404] },
      signal,
    )
    if (status === 404) await this.create(this.records, recordIndex(this.settings), signal)
  }

  async #prepareTemplate(signal: AbortSignal): Promise<void> {
    const path = `/_index_template/${this.settings.prefix}`
    const { body } = await this.#connection.request<TemplateAnswer>(
      'reading the index template',
      { method: 'GET', path, accept: [404] },
      signal,
    )
    const found = body.index_templates?.[0]?.index_template
    const mark = templateMark(this.settings)
    if (found !== undefined) {
      const { owner, mappingVersion, settings } = found._meta ?? {}
      if (owner !== mark.owner) {
        const what = `the index template "${this.settings.prefix}" of this cluster is not Eventloom's`
        throw new UnsupportedServerError(`${what}. Choose another store.elasticsearch.prefix`)
      }
      // A newer collector has been here: its mapping reads and writes as ours does.
      if ((mappingVersion ?? 0) > mark.mappingVersion) return
      if (mappingVersion === mark.mappingVersion && settings === mark.settings) return
    }
    await this.#connection.request(
      'putting the index template',
      { method: 'PUT', path, body: indexTemplate(this.settings) },
      signal,
    )
  }

  /** Makes an index, or gives it the aliases of `body` when it is there. */
  async create(name: string, body: object, signal: AbortSignal): Promise<void> {
    try {
      await this.#connection.request('making an index', { method: 'PUT', path: `/${name}`, body }, signal)
    } catch (error) {
      if (!isThere(error)) throw error
      await this.#restoreAliases(name, body, signal)
    }
  }

  /** Somebody else made it; when an alias was taken away since, writers would look for it in vain. */
  async #restoreAliases(name: string, body: { readonly aliases?: object }, signal: AbortSignal): Promise<void> {
    const aliases = Object.keys(body.aliases ?? {})
    if (aliases.length === 0) return
    // A day that was copied has its name as an alias only, and an alias cannot be given another one.
    const { body: named } = await this.#connection.request<object>(
      'reading aliases',
      { method: 'GET', path: `/${name}/_alias` },
      signal,
    )
    for (const index of Object.keys(named)) {
      for (const alias of aliases)
        await this.#connection.request('adding an alias', { method: 'PUT', path: `/${index}/_alias/${alias}` }, signal)
    }
  }

  async #refresh(names: readonly string[]): Promise<void> {
    const { prefix } = this.settings
    const target = names.length > NAMES_IN_URL ? `${readAliasOf(prefix)},${this.records}` : names.join(',')
    await this.#connection.request(
      'refreshing indices',
      { method: 'POST', path: `/${target}/_refresh`, query: { ignore_unavailable: true }, accept: [404] },
      NEVER,
    )
  }
}

/** As an index, or as the alias that a day has after it was copied. */
function isThere(error: unknown): boolean {
  if (!(error instanceof ElasticsearchRefusedError)) return false
  return error.type === 'resource_already_exists_exception' || error.type === 'invalid_index_name_exception'
}

type MappingAnswer = Readonly<
  Record<string, { readonly mappings: { readonly _meta: { readonly mappingVersion?: number } } }>
>

interface TemplateAnswer {
  readonly index_templates?: readonly {
    readonly index_template: {
      readonly _meta?: { readonly owner?: string; readonly mappingVersion?: number; readonly settings?: string }
    }
  }[]
}
