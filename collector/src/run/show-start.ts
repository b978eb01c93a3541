import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { endpointNamed } from '../api/endpoints.ts'
import type { Listening } from '../api/listen.ts'
import type { OpenData } from '../app.ts'
import { brokenLines, foundLines, ingestLines, startLines, WATCHING, type Broken } from '../cli/start-screen.ts'
import type { Screen } from '../cli/terminal.ts'
import { DAY, HOUR, type Clock } from '../clock.ts'
import { SEVERITIES } from '../event/words.ts'
import { formatTime } from '../query/time.ts'
import type { Config } from '../config/config.ts'
import { deadLettersIn } from './dead-letters.ts'

/** What is there in the first seconds is worth a look; a large cluster goes on listing behind it. */
const LOOK_AFTER_MS = 2_000

/** The newest event may be long ago, in a recording: lately is before that. */
const LATELY = 2 * HOUR
const BAD = ['medium', 'high', 'critical']
const MOST_SHOWN = 8

/** Instead of "nothing is wrong", where that is not known. */
const UNKNOWN = ['What is wrong is not known: a cluster cannot be read. Why: eventloom status', '']

type Pattern = Parameters<typeof foundLines>[0][number]

const LONGEST_LOOK_MS = 20_000

export interface StartedCollector {
  readonly screen: Screen
  readonly data: OpenData
  readonly listening: Listening
  readonly doing: string
  readonly config: Config
  readonly clock: Clock
  /** Why clusters cannot be read just now; the log has said it. */
  readonly troubles: () => readonly unknown[]
  /** Resolves when a recording has been played to its end; null when a cluster is watched. */
  readonly played: Promise<unknown> | null
}

/** Says what the collector is doing, waits until the first events are in, and says what it found and what to do next. */
export async function showStart(started: StartedCollector, signal: AbortSignal): Promise<void> {
  const { screen, data, listening, doing, config, clock, played } = started
  const { output, paint, isJson, terminal } = screen
  const store = storeText(config)
  const begun = performance.now()
  const start = { version: terminal.version, doing, store, url: listening.url }
  const { columns } = output
  if (isJson) await output.line(JSON.stringify(start))
  else for (const line of startLines(start, { columns, paint })) await output.line(line)

  await (played === null ? firstEvents(data, signal) : wholeRecording(data, played, signal))
  if (signal.aborted) return
  const accounts = data.buffer.accounts()
  // A courtesy: a store that does not answer just now is no reason to end, and the log tells of it.
  const [broken, patterns] = await Promise.all([
    recentIncidents(data, clock, signal).catch(() => null),
    recentPatterns(data, clock, signal).catch(() => null),
  ])
  if (isJson) return output.line(JSON.stringify({ accounts, incidents: broken?.incidents ?? null, patterns }))
  const look = { columns, now: clock(), paint }
  const seconds = (performance.now() - begun) / 1_000
  for (const line of [...ingestLines(accounts, seconds, columns), '']) await output.line(line)
  // The longest story that is told is the best one to open first.
  const told = broken?.incidents.toSorted((a, b) => b.problems.length - a.problems.length)[0]?.id
  const isUnknown = broken?.incidents.length === 0 && started.troubles().length > 0
  for (const line of isUnknown ? UNKNOWN : broken === null ? [] : brokenLines(broken, look)) await output.line(line)
  for (const line of patterns === null ? [] : foundLines(patterns, look, told)) await output.line(line)
  await output.line(WATCHING)
}

function storeText({ store: { kind, elasticsearch }, data }: Config): string {
  switch (kind) {
    case 'duckdb':
      return `DuckDB  ${join(data, 'eventloom.duckdb')}`
    case 'elasticsearch':
      return `Elasticsearch  ${elasticsearch.nodes.join(', ')}  ${elasticsearch.prefix}-*`
    case 'memory':
      return 'memory'
  }
}

/** What is broken, and what was within a day of the newest event. */
async function recentIncidents(data: OpenData, clock: Clock, signal: AbortSignal): Promise<Broken> {
  const { newest } = await data.store.statistics(signal)
  const parameters = { limit: MOST_SHOWN, all: true, from: formatTime((newest ?? clock()) - DAY) }
  const answer = await ask<Broken>(data, clock, 'incidents', parameters, signal)
  // What somebody does on purpose stands behind what broke: when there is any, nothing more has broken.
  const incidents = answer.incidents.filter(({ planned }) => !planned)
  return { ...answer, incidents, total: incidents.length < answer.incidents.length ? incidents.length : answer.total }
}

/** What recurred lately, worst first; when nothing bad did, whatever did. */
async function recentPatterns(data: OpenData, clock: Clock, signal: AbortSignal): Promise<readonly Pattern[]> {
  const { newest } = await data.store.statistics(signal)
  if (newest === null) return []
  const of = async (severity: readonly string[]) => {
    const parameters = { from: formatTime(newest - LATELY), severity }
    return (await ask<{ readonly patterns: readonly Pattern[] }>(data, clock, 'patterns', parameters, signal)).patterns
  }
  const bad = await of(BAD)
  const found = bad.length > 0 ? bad : await of(SEVERITIES)
  return found.slice(0, MOST_SHOWN)
}

async function ask<Answer>(
  { store, buffer }: OpenData,
  clock: Clock,
  name: 'patterns' | 'incidents',
  parameters: object,
  signal: AbortSignal,
): Promise<Answer> {
  const deadLetters = (limit: number) => deadLettersIn(buffer, limit)
  const source = { reader: store, accounts: () => buffer.accounts(), deadLetters, now: clock() }
  return (await endpointNamed(name).answer(source, { path: {}, parameters }, signal)) as Answer
}

/** Resolves when a recording is stored, however long that takes: before that nothing can be said about it. */
async function wholeRecording({ buffer }: OpenData, played: Promise<unknown>, signal: AbortSignal): Promise<void> {
  await played
  do
    await delay(LOOK_AFTER_MS / 4, undefined, { signal }).catch(() => undefined) // longer than rows wait for their commit
  while (!buffer.isEmpty && !signal.aborted)
}

/** Resolves when a first wave of events has been received and stored, or nothing came for a while. */
async function firstEvents({ buffer }: OpenData, signal: AbortSignal): Promise<void> {
  const begun = performance.now()
  let last = -1
  for (;;) {
    await delay(LOOK_AFTER_MS / 4, undefined, { signal }).catch(() => undefined)
    const { received, buffered } = buffer.accounts()
    const isQuiet = received === last && buffered === 0
    const waited = performance.now() - begun
    if (signal.aborted || waited > LONGEST_LOOK_MS || (isQuiet && waited > LOOK_AFTER_MS)) return
    last = received
  }
}
