import { setTimeout as delay } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { ObservationJson } from '../api/observation-json.ts'
import { MINUTE, type EpochMicros } from '../clock.ts'
import { MAX_LIMIT } from '../query/request.ts'
import { formatTime, parseTime } from '../query/time.ts'
import { CommandError } from './failures.ts'
import { withQuery, type Reading } from './reading.ts'
import type { Output } from './terminal.ts'
import { oneLine } from './text.ts'

const EVERY_MS = 1_000

/** What a collector got at one time may be stored in another order: it is looked at again for so long. */
const OVERLAP = MINUTE

/** Parameters of a question that are no choice of what to follow. */
const OF_PAGES = ['from', 'to', 'limit', 'order', 'cursor', 'view']

/** Shows matching rows as a collector stores them, each version once, until the signal aborts. */
export class Follower {
  readonly #reading: Reading
  readonly #errors: Output
  readonly #parameters: Readonly<Record<string, string>>
  /** Ids that were shown, or were there before, with when the collector got them. */
  readonly #known = new Map<string, EpochMicros>()
  #newest: EpochMicros = 0

  constructor(reading: Reading, errors: Output, parameters: Readonly<Record<string, string>>) {
    this.#reading = reading
    this.#errors = errors
    this.#parameters = Object.fromEntries(Object.entries(parameters).filter(([name]) => !OF_PAGES.includes(name)))
  }

  /** What is there now is not new. Call it before the rows are read that are shown first. */
  async begin(): Promise<void> {
    const { now } = (await this.#reading.answers.ask('status', { path: {}, parameters: {} }, this.#reading.signal)) as {
      readonly now: string
    }
    this.#newest = parseTime(now, 0) ?? 0
    await this.#look()
  }

  async follow(show: (rows: readonly ObservationJson[]) => Promise<void>): Promise<void> {
    const { signal } = this.#reading
    let isLost = false
    while (!signal.aborted) {
      await delay(EVERY_MS, undefined, { signal }).catch(() => undefined)
      try {
        const rows = signal.aborted ? [] : await this.#look()
        isLost = false
        if (rows.length > 0) await show(rows)
      } catch (error) {
        if (signal.aborted) return
        if (!(error instanceof CommandError)) throw error
        if (!isLost) await this.#errors.line(oneLine(`${error.message} It is tried again.`))
        isLost = true
      }
    }
  }

  /** Rows that are not known yet, oldest first. */
  async #look(): Promise<readonly ObservationJson[]> {
    const since = this.#newest - OVERLAP
    for (const [id, received] of this.#known) if (received < since) this.#known.delete(id)
    const recent = `received:["${formatTime(since)}" TO *]`
    const parameters = { ...withQuery([recent], this.#parameters), view: 'observations', order: 'oldest' }
    const rows: ObservationJson[] = []
    let cursor: string | null = null
    do {
      const asked = {
        path: {},
        parameters: { ...parameters, limit: String(MAX_LIMIT), ...(cursor === null ? {} : { cursor }) },
      }
      const page = (await this.#reading.answers.ask('events', asked, this.#reading.signal)) as Page
      rows.push(...page.observations.filter(({ id }) => !this.#known.has(id)))
      cursor = page.cursor
    } while (cursor !== null)
    for (const { id, received } of rows) this.#remember(id, parseTime(received, 0) ?? 0)
    return rows
  }

  #remember(id: string, received: EpochMicros): void {
    this.#known.set(id, received)
    this.#newest = Math.max(this.#newest, received)
  }
}

interface Page {
  readonly cursor: string | null
  readonly observations: readonly ObservationJson[]
}

/** Rows as data while one follows: JSON Lines, or YAML documents. */
export async function printRows(
  output: Output,
  format: 'json' | 'yaml',
  rows: readonly ObservationJson[],
): Promise<void> {
  for (const row of rows)
    await output.write(format === 'json' ? `${JSON.stringify(row)}\n` : `---\n${stringify(row, { lineWidth: 0 })}`)
}
