import type { EpochMicros } from '../../clock.ts'
import { SEVERITIES, type Severity } from '../../event/words.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { Metric, Window } from '../../query/model.ts'
import { windowStarts } from '../../query/windows.ts'
import type { EventReader } from '../../store/store.ts'
import type { Notice } from '../notices.ts'
import { said } from './aggregate-notices.ts'
import type { AskedQuery } from './asked-query.ts'
import { ALERTABLE, type Column, type Frame, type FrameMeta } from './frame.ts'
import { LEVELS, levelOf, type Level } from './level.ts'
import { windowsOf } from './time-windows.ts'

/** A group field of Grafana's own: severities together as log levels, for the volume above the logs. */
export const LEVEL = 'level'

/** Those whose values of several severities add up. */
const LEVEL_METRICS: readonly Metric[] = ['occurrences', 'observations', 'events', 'rate']

/** Numbers by level and start of their window. */
type Volume = ReadonlyMap<Level, ReadonlyMap<EpochMicros, number>>

/**
 * The volume above the logs: a frame for each level. Of events it counts what the list lists: each once, where its row stands, so that
 * bars, rows and their total agree.
 */
export async function levels(
  asked: AskedQuery,
  metric: Metric,
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  if (!LEVEL_METRICS.includes(metric)) {
    const message = `${metric} of several severities together is not their sum. Group by severity, or use ${LEVEL_METRICS.join(', ')}` // prettier-ignore
    throw new InvalidQueryError([{ parameter: 'groupBy', message }])
  }
  const { window, notices } = windowsOf(asked, LEVELS.length)
  const { volume, told } = await measured(asked, metric, window, notices, reader, signal)
  const meta: FrameMeta = { type: 'timeseries-multi', typeVersion: ALERTABLE, ...told }
  const starts = windowStarts(window, asked)
  return LEVELS.flatMap((level): readonly Frame[] => {
    const cells = volume.get(level)
    if (cells === undefined) return []
    const values = starts.map((start) => cells.get(start) ?? 0)
    const times = starts.map((start) => Math.max(start, asked.from))
    const name = metric === 'occurrences' ? `${level} (occurrences)` : level
    const value: Column = {
      kind: 'number',
      name: metric,
      labels: { level },
      config: { displayNameFromDS: name },
      values,
    }
    return [{ meta, columns: [{ kind: 'time', name: 'time', values: times }, value] }]
  })
}

const TOO_MANY: Notice = {
  severity: 'info',
  text: 'There are too many events to place each by its newest version: one that repeats in several intervals is counted in each of them.',
}

async function measured(
  asked: AskedQuery,
  metric: Metric,
  window: Window,
  notices: readonly Notice[],
  reader: EventReader,
  signal: AbortSignal,
): Promise<{ readonly volume: Volume; readonly told: Pick<FrameMeta, 'executedQueryString' | 'notices'> }> {
  const { from, to, filter } = asked
  const cells = metric === 'events' ? await reader.eventVolume({ from, to, filter, window }, signal) : null
  if (cells !== null) {
    const nothing = { groups: [], unplaced: 0, isLowerBound: false, distinctError: 0 }
    return { volume: volumeOf(cells.map(({ severity, start, events }) => ({ severity, start, value: events }))), told: await said(asked, nothing, notices, reader, signal) } // prettier-ignore
  }
  const result = await reader.aggregate({ from, to, filter, groupBy: ['severity'], window, metrics: [metric], zeroFill: false, top: null }, signal) // prettier-ignore
  const values = result.groups.flatMap(({ key, points }) => points.map((point) => ({ severity: key?.[0] ?? '', start: point.start, value: point.values[0] ?? 0 }))) // prettier-ignore
  const own = metric === 'events' ? [...notices, TOO_MANY] : notices
  return { volume: volumeOf(values), told: await said(asked, result, own, reader, signal) }
}

function volumeOf(
  values: readonly { readonly severity: string; readonly start: EpochMicros; readonly value: number }[],
): Volume {
  const volume = new Map<Level, Map<EpochMicros, number>>()
  for (const { severity, start, value } of values) {
    const level = levelOf(severityOf(severity))
    const cells = volume.get(level) ?? new Map<EpochMicros, number>()
    volume.set(level, cells.set(start, (cells.get(start) ?? 0) + value))
  }
  return volume
}

function severityOf(text: string): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? 'info'
}
