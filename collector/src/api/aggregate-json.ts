import { SEVERITIES } from '../event/words.ts'
import type { AggregatePoint, Metric } from '../query/model.ts'
import { formatTime } from '../query/time.ts'

export type MetricValue = number | string | null

/** A point with its values by metric: instants as RFC 3339, the highest severity as its word. */
export function pointJson(
  { start, values }: AggregatePoint,
  metrics: readonly Metric[],
): { readonly start: string; readonly values: Readonly<Record<string, MetricValue>> } {
  const named = metrics.map((metric, index) => [metric, valueJson(metric, values[index] ?? null)] as const)
  return { start: formatTime(start), values: Object.fromEntries(named) }
}

function valueJson(metric: Metric, value: number | null): MetricValue {
  if (value === null) return null
  if (metric === 'first' || metric === 'last') return formatTime(value)
  return metric === 'maxSeverity' ? (SEVERITIES[value] ?? null) : value
}
