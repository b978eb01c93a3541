import { setTimeout as delay } from 'node:timers/promises'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import type { CollectorProcess } from './collector-process.ts'
import type { EventWriter } from './event-writer.ts'

export interface Comparison {
  /** Versions that the server holds and the store does not. */
  readonly lost: readonly string[]
  /** Ids stored more than once. */
  readonly doubled: readonly string[]
  readonly isBalanced: boolean
  readonly stored: number
  readonly accounts: Accounts
}

/** Waits until nothing is buffered and nothing new comes, then compares what the server holds with what is stored. */
export async function compareHeldAndStored(
  writer: Pick<EventWriter, 'list'>,
  collector: Pick<CollectorProcess, 'get' | 'text'>,
  timeoutMs = 60_000,
): Promise<Comparison> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const comparison = await compare(writer, collector)
    const isQuiet = comparison.lost.length === 0 && comparison.accounts.buffered === 0
    if (isQuiet || performance.now() > deadline) return comparison
    await delay(500)
  }
}

async function compare(
  writer: Pick<EventWriter, 'list'>,
  collector: Pick<CollectorProcess, 'get' | 'text'>,
): Promise<Comparison> {
  const held = await writer.list()
  const accounts = await collector.get<Accounts>('/api/v1/accounts')
  const exported = await collector.text('/api/v1/export?from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z')
  const rows = exported
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
  const versions = new Set(rows.map(({ uid, resourceVersion }) => `${uid} ${resourceVersion}`))
  const ids = rows.map(({ id }) => id)
  const seen = new Set<string>()
  return {
    lost: held.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).filter((key) => !versions.has(key)),
    doubled: ids.filter((id) => (seen.has(id) ? true : (seen.add(id), false))),
    isBalanced: isBalanced(accounts),
    stored: rows.length,
    accounts,
  }
}

interface Row {
  readonly id: string
  readonly uid: string
  readonly resourceVersion: number
}
