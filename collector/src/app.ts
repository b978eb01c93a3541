import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AgreedTime } from './agreed-time.ts'
import { LiveAlerts } from './alert/alert.ts'
import { loadAlertRules } from './api/alerts/alert-language.ts'
import { asObservation } from './api/problems/as-observation.ts'
import { DurableBuffer } from './buffer/buffer.ts'
import { createRuleSet, problemText, type RuleCounter, type RuleDisabled, type RuleSet } from './classify/classify.ts'
import { MILLISECOND, type Clock, type EpochMicros } from './clock.ts'
import type { Config } from './config/config.ts'
import { createStages } from './create-stages.ts'
import type { DeliveryBatch } from './event/delivery.ts'
import { keepTime, lastRunIn } from './last-run.ts'
import { openLine, type Line, type LineOptions } from './pipeline/line.ts'
import { withScopes } from './pipeline/scope-filter.ts'
import { makePrivateFolder } from './private-folder.ts'
import { refusals, TOLD_PER_CAUSE } from './refusals.ts'
import type { Shutdown } from './shutdown.ts'
import { withCheckedRecords } from './store/checked-records.ts'
import { openDuckDbStore } from './store/duckdb/duckdb-store.ts'
import { measured, type StoreMeter } from './store/measured-store.ts'
import type { ReindexProgress, ReindexSummary } from './store/elasticsearch/elasticsearch-store.ts'
import { createMemoryStore } from './store/memory/memory-store.ts'
import { StoreCorruptError, type EventStore } from './store/store.ts'
import type { Logger } from './telemetry/logger.ts'

export type { ReindexProgress, ReindexSummary } from './store/elasticsearch/elasticsearch-store.ts'

/** What the collector takes from the outside instead of reaching for it. */
export interface Surroundings {
  readonly clock: Clock
  /** Where API servers are heard; else the clock is compared with the end of the last run only. */
  readonly time?: AgreedTime
  readonly random: () => number
  readonly logger: Logger
  /** Told of each delivery that could not be used, instead of the log. */
  readonly onRefused?: (text: string) => void
  /** Told of rows that the store has. */
  readonly onStored?: LineOptions['onStored']
  /** As in {@link LineOptions}. */
  readonly waitForStore?: AbortSignal
  /** The rules of the configuration, where they are loaded already. */
  readonly rules?: RuleSet
  readonly storeMeter?: StoreMeter
}

/** A data directory that is ours: what keeps. */
export interface OpenFolder {
  readonly directory: string
  readonly buffer: DurableBuffer
  readonly store: EventStore
  /** That others can enter the directory, in words. */
  readonly leftOpen: string | null
  /** What could not be read any more and was set aside, in words. */
  readonly lost: readonly string[]
}

/** A data directory in use: what keeps and what judges, before anything is read. */
export interface OpenData extends Omit<OpenFolder, 'lost' | 'leftOpen'> {
  /** Where lists and recordings are sorted. Emptied at each start: a crash may have left something. */
  readonly spoolDirectory: string
  readonly line: Line
  readonly time: AgreedTime
  /** Reads the rule files again. A mistake changes nothing and is thrown. */
  reloadRules(): Promise<RuleSet>
  /** How the rules in use have done since they were loaded. */
  ruleCounters(): readonly RuleCounter[]
  /** Why the buffer, or the store, does not work at the moment; null while it does. */
  readonly trouble: { buffer: string | null; store: string | null }
}

/**
 * Opens buffer and store of a data directory.
 *
 * @throws BufferBusyError another collector owns the directory.
 */
export async function openFolder(config: Config, surroundings: Surroundings, shutdown: Shutdown): Promise<OpenFolder> {
  const { clock, storeMeter } = surroundings
  const directory = resolve(config.data)
  const leftOpen = await makePrivateFolder(directory)
  const suffix = String(Math.floor(clock() / MILLISECOND))
  const { buffer, setAside } = DurableBuffer.open(join(directory, 'buffer.sqlite'), config.buffer.maxBytes, suffix)
  shutdown.onStop('buffer', async () => buffer.close())
  const { store: opened, lost } = await openStore(config, directory, surroundings)
  const store = storeMeter === undefined ? opened : measured(opened, storeMeter)
  shutdown.onStop('store', () => store.close())
  const causes = [lost, setAside === null ? null : `the buffer was unreadable and is set aside as ${setAside}`]
  return { directory, buffer, store, leftOpen, lost: causes.filter((cause) => cause !== null) }
}

/**
 * Opens a data directory and starts its line.
 *
 * @throws BufferBusyError another collector owns the directory.
 * @throws RuleError a rule file is wrong.
 */
export async function openData(config: Config, surroundings: Surroundings, shutdown: Shutdown): Promise<OpenData> {
  const rules = surroundings.rules ?? (await loadRules(config, surroundings))
  return startLine(await openFolder(config, surroundings, shutdown), config, { ...surroundings, rules }, shutdown)
}

/**
 * Starts the line of a data directory. Straight-line on purpose: what is built when, and what is stopped when, is read from
 * top to bottom.
 *
 * @throws RuleError a rule file is wrong.
 */
export async function startLine(
  { directory, buffer, store, leftOpen, lost }: OpenFolder,
  config: Config,
  surroundings: Surroundings,
  shutdown: Shutdown,
): Promise<OpenData> {
  const { clock, random, logger, onRefused, onStored, waitForStore } = surroundings
  const time = surroundings.time ?? new AgreedTime(clock)
  let rules = surroundings.rules ?? (await loadRules(config, surroundings))
  for (const warning of rules.warnings) logger.warn(problemText(warning))
  if (leftOpen !== null) logger.warn(leftOpen)
  const spoolDirectory = join(directory, 'spool')
  await rm(spoolDirectory, { recursive: true, force: true })

  const alerting = await loadAlertRules(config.alerts)
  const stages = createStages(config)
  const trouble: OpenData['trouble'] = { buffer: null, store: null }
  const line = await openLine(
    buffer,
    store,
    { ...stages, rules: withScopes(rules, config.clusters), alerts: new LiveAlerts(alerting, asObservation, time.now) },
    {
      clock,
      retentionClock: time.now,
      random,
      whenFull: config.buffer.whenFull,
      retention: config.retention,
      onRefused:
        onRefused === undefined ? refusals((text) => logger.warn(text), TOLD_PER_CAUSE) : refusals(onRefused, Infinity),
      ...(onStored === undefined ? {} : { onStored }),
      ...(waitForStore === undefined ? {} : { waitForStore }),
      ...tellers(trouble, logger),
    },
  )
  await startTime(time, directory, store)
  shutdown.onStop('time', async () => keepTime(directory, time))
  shutdown.onStop('line', () => line.stop())
  for (const cause of lost) {
    logger.error(`${cause}. What the API servers still hold is read again`)
    await tellGap(line, cause, clock())
  }

  return {
    directory,
    spoolDirectory,
    buffer,
    store,
    line,
    time,
    trouble,
    ruleCounters: () => rules.counters(),
    async reloadRules() {
      rules = await loadRules(config, surroundings)
      line.replaceRules(withScopes(rules, config.clusters))
      return rules
    },
  }
}

/** @throws RuleError with every problem of every file. */
export async function loadRules({ rules }: Config, { logger, clock }: Surroundings): Promise<RuleSet> {
  const files = await Promise.all(rules.files.map(async (name) => ({ name, text: await readFile(name, 'utf8') })))
  const onRuleDisabled = ({ kind, name, message }: RuleDisabled) =>
    logger.error(`${kind} "${name}" is disabled, because it fails too often: ${message}`)
  return createRuleSet({ shipped: rules.shipped, files, onRuleDisabled, clock })
}

/** How long the store may take to say how new its newest row is. */
const STATISTICS_MS = 10_000

/** What was kept by an earlier run says when that was. A version that did not keep it left rows all the same. */
async function startTime(time: AgreedTime, directory: string, store: EventStore): Promise<void> {
  const newest = async () => (await store.statistics(AbortSignal.timeout(STATISTICS_MS)).catch(() => null))?.newest
  const ended = lastRunIn(directory) ?? (await newest())
  if (ended === null || ended === undefined) keepTime(directory, time)
  else time.lastRunEnded(ended)
}

/** Remembers what does not work at the moment, and tells the log once. */
function tellers(trouble: OpenData['trouble'], logger: Logger) {
  return {
    onBufferState(error: Error | null) {
      if (error !== null && trouble.buffer === null) logger.error(error.message)
      if (error === null && trouble.buffer !== null) logger.info('the buffer can be written again')
      trouble.buffer = error?.message ?? null
    },
    onStoreState(error: Error | null) {
      if (error !== null && trouble.store === null)
        logger.warn(`${error.message}: what is accepted waits in the buffer`)
      if (error === null && trouble.store !== null) logger.info('the store works again')
      trouble.store = error?.message ?? null
    },
  }
}

/** Opens the configured store. An unreadable file was set aside by it; then a new one begins and `lost` says so. */
export async function openStore(
  { store: { kind, duckdb, elasticsearch } }: Config,
  directory: string,
  { clock, random, logger, storeMeter }: Surroundings,
): Promise<{ store: EventStore; lost: string | null }> {
  const checked = (store: EventStore) =>
    withCheckedRecords(store, (of, records) => {
      logger.warn(`${records} or more records of kind ${of} were written by another version, and are left out`)
    })
  switch (kind) {
    case 'memory':
      return { store: createMemoryStore(), lost: null }
    case 'elasticsearch': {
      // Its client takes a third of a second to load, which those who do not use it do not wait for.
      const { openElasticsearchStore } = await import('./store/elasticsearch/elasticsearch-store.ts')
      const onSplit = (characters: number) => {
        logger.warn(
          `Elasticsearch, or a proxy before it, lets no request of ${characters} characters pass: it is sent in parts. Smaller ones: store.elasticsearch.bulk.maxBytes`,
        )
        storeMeter?.storeSplit()
      }
      return {
        store: checked(openElasticsearchStore({ ...elasticsearchOptions(elasticsearch, random), onSplit })),
        lost: null,
      }
    }
    case 'duckdb': {
      const file = join(directory, 'eventloom.duckdb')
      const options = { file, memoryLimitBytes: duckdb.memoryLimit, threads: duckdb.threads, clock }
      try {
        return { store: checked(await openDuckDbStore(options)), lost: null }
      } catch (error) {
        if (!(error instanceof StoreCorruptError)) throw error
        return { store: checked(await openDuckDbStore(options)), lost: `${error.message}, and is set aside` }
      }
    }
  }
}

/** What the store needs, of the configuration and the outside. */
function elasticsearchOptions(
  { bulk, requestTimeout, ...settings }: Config['store']['elasticsearch'],
  random: () => number,
) {
  const connection = { ...settings, requestTimeoutMs: requestTimeout / MILLISECOND }
  return { connection, layout: settings, bulk, random }
}

/** Copies what Elasticsearch keeps under older mappings into indices with the current one. Collectors may go on. */
export async function reindex(
  { store }: Config,
  { signal }: { readonly signal: AbortSignal },
  report: (progress: ReindexProgress) => void,
  { random }: Surroundings,
): Promise<ReindexSummary> {
  const { reindexElasticsearch } = await import('./store/elasticsearch/elasticsearch-store.ts')
  return reindexElasticsearch(elasticsearchOptions(store.elasticsearch, random), report, signal)
}

/** Everything stored until now may be missing: every answer over that time carries a notice. */
async function tellGap(line: Line, cause: string, now: EpochMicros): Promise<void> {
  const batch: DeliveryBatch = {
    origin: { cluster: '', clusterUid: null, source: 'live' },
    received: now,
    deliveries: [],
    position: null,
    gap: { stream: 'all', from: 0, to: now, cause },
  }
  await line.accept(batch, new AbortController().signal)
}
