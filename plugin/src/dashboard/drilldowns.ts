import type {
  AdHocVariableFilter,
  DrilldownRecommendation,
  DrilldownsApplicability,
  MetricFindValue,
} from '@grafana/data'
import { OPERATORS } from '../query/query'
import type { Range, Resources } from '../resources'

/** Fields by which people narrow down, in the order in which they do. */
const RECOMMENDED_FIELDS = ['severity', 'namespace', 'reason', 'owner.name', 'node']

/** Reasons that are recommended as filters. */
const MOST_REASONS = 5

/** Fields whose values are as many as events, or of which one event has several. */
const UNGROUPABLE: ReadonlySet<string> = new Set([
  'id',
  'uid',
  'name',
  'note',
  'resourceVersion',
  'lastObserved',
  'firstObserved',
  'received',
  'deltaSince',
  'patternIds',
  'flags',
  'level',
])

/**
 * Whether each filter and group is of use here: Grafana greys out the others and says why. A dashboard may carry some for other
 * data sources, whose names are no fields of ours.
 *
 * @param known names of fields.
 */
export function applicabilityOf(
  filters: readonly AdHocVariableFilter[] = [],
  groupByKeys: readonly string[] = [],
  known: ReadonlySet<string>,
): DrilldownsApplicability[] {
  return [...filters.map((filter) => ofFilter(filter, known)), ...groupByKeys.map((key) => ofField(key, known))]
}

function ofFilter({ key, operator }: AdHocVariableFilter, known: ReadonlySet<string>): DrilldownsApplicability {
  if (OPERATORS.some((each) => each === operator)) return ofField(key, known)
  return { key, applicable: false, reason: `Events have no operator ${operator}` }
}

function ofField(key: string, known: ReadonlySet<string>): DrilldownsApplicability {
  // Keys of maps are as many as people invent: the list of fields holds only the frequent ones.
  const applicable = known.has(key) || /^(labels|annotations|objectLabels|metadata)\../.test(key)
  return applicable ? { key, applicable } : { key, applicable, reason: `Events have no field ${key}` }
}

/** What to begin with: what is bad, and what happened most in the range. */
export async function recommendedDrilldowns(resources: Resources, range: Range): Promise<DrilldownRecommendation> {
  const reasons = await resources.values('reason', [], '', range)
  const byReason = reasons.slice(0, MOST_REASONS).map(({ text }) => ({ key: 'reason', operator: '=', value: text }))
  const bad = { key: 'severity', operator: '=|', value: 'high', values: ['high', 'critical'] }
  return { filters: [bad, ...byReason], groupByKeys: RECOMMENDED_FIELDS }
}

/** Fields that a dashboard's group-by variable may take. */
export function groupableFields(fields: readonly MetricFindValue[]): MetricFindValue[] {
  return fields.filter(({ text }) => !UNGROUPABLE.has(text))
}

export function namesOf(fields: readonly MetricFindValue[]): ReadonlySet<string> {
  return new Set(fields.map(({ value, text }) => String(value ?? text)))
}
