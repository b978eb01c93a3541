import type { EpochMicros } from '../../clock.ts'
import type { EventReader } from '../../store/store.ts'
import type { Column, Frame } from './frame.ts'
import type { Admit } from '../one-answer.ts'
import { BusyError, problemDetailsOf } from '../problem-details.ts'
import { readQuery, type AskedQuery } from './asked-query.ts'
import { ANSWERS } from './query-types.ts'
import { weightOfAsked } from './weight.ts'

/** Sets of labels shown as examples. */
const MOST_SHOWN = 20
/** More instances than a person can be paged about. */
const MANY_INSTANCES = 100

/** Labels with a new value for each happening: an alert by them never resolves, it only leaves. */
const UNSTABLE = ['id', 'uid', 'name', 'regarding.name', 'regarding.uid', 'related.name', 'related.uid', 'correlationId', 'resourceVersion'] // prettier-ignore

/** What an alert rule with this query will see. */
export interface Preview {
  readonly alertable: boolean
  readonly instances: number
  /** The highest values first. */
  readonly labelSets: readonly Readonly<Record<string, string>>[]
  /** Of each of them; of a series its newest. */
  readonly values: readonly (number | null)[]
  /** How many fire now where a rule says "above 0", as of what is open; null where the threshold is the rule's to choose. */
  readonly firing: number | null
  readonly warnings: readonly string[]
  readonly refusal?: string
}

/** POST /grafana/preview: runs the query as an alert rule would. */
export async function previewAnswer(
  reader: EventReader,
  json: unknown,
  { now, admit }: { readonly now: EpochMicros; readonly admit?: Admit },
  signal: AbortSignal,
): Promise<Preview> {
  try {
    const asked = readQuery(json, true, now)
    await admit?.(weightOfAsked(asked))
    const frames = await ANSWERS[asked.query.queryType](asked, reader, signal)
    const first = frames[0]?.meta?.type
    if (first !== 'numeric-long' && first !== 'timeseries-wide' && first !== 'timeseries-multi') {
      return refused('An alert rule needs numbers. Choose Count, as Numbers.')
    }
    const instances = frames.flatMap(instancesOf).sort((a, b) => (b.value ?? -1) - (a.value ?? -1))
    const labelSets = instances.map(({ labels }) => labels)
    const notices = frames.flatMap(({ meta }) => meta?.notices ?? []).map(({ text }) => text)
    return {
      alertable: true,
      instances: labelSets.length,
      labelSets: labelSets.slice(0, MOST_SHOWN),
      values: instances.slice(0, MOST_SHOWN).map(({ value }) => value),
      firing: isState(asked) ? instances.filter(({ value }) => (value ?? 0) > 0).length : null,
      warnings: [...warningsOf(labelSets), ...new Set(notices)],
    }
  } catch (error) {
    if (signal.aborted || error instanceof BusyError) throw error
    return refused(problemDetailsOf(error).detail)
  }
}

function refused(refusal: string): Preview {
  return { alertable: false, instances: 0, labelSets: [], values: [], firing: null, warnings: [], refusal }
}

/** What is there or not, and nothing in between. */
function isState({ query: { queryType, metric } }: AskedQuery): boolean {
  return (
    queryType === 'problems' ||
    queryType === 'incidents' ||
    queryType === 'timeline' ||
    (queryType === 'aggregate' && metric === 'active')
  )
}

interface Instance {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number | null
}

/** Instances as Grafana reads them: rows of `numeric-long`, labelled columns of series. */
function instancesOf({ meta, columns }: Frame): readonly Instance[] {
  const numbers = columns.filter((column) => column.kind === 'number')
  if (meta?.type !== 'numeric-long') return numbers.map(({ labels = {}, values }) => ({ labels, value: values.findLast((value) => value !== null) ?? null })) // prettier-ignore
  const keys = columns.filter((column): column is Column & { kind: 'string' } => column.kind === 'string')
  return (numbers[0]?.values ?? []).map((value, row) => ({ value, labels: Object.fromEntries(keys.map(({ name, values }) => [name, values[row] ?? ''])) })) // prettier-ignore
}

function warningsOf(labelSets: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const names = Object.keys(labelSets[0] ?? {})
  const unstable = names.filter((name) => UNSTABLE.includes(name))
  return [
    ...(unstable.length === 0 ? [] : [`${unstable.join(', ')} has a new value for each pod or event, so each makes an alert of its own. Group by owner.name, namespace or node instead.`]), // prettier-ignore
    ...(labelSets.length > MANY_INSTANCES ? [`${labelSets.length} alert instances: group by fewer fields, or use a narrower filter.`] : []), // prettier-ignore
  ]
}
