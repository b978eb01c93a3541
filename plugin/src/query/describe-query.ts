import { t } from '@grafana/i18n'
import { termText } from './lucene-text'
import type { ReadableQuery, Term, Trait } from './query'

/** What a query asks, in one sentence: below the editor, in Explore's history and in lists of queries. */
export function describeQuery(query: ReadableQuery): string {
  const where = describeFilter(query)
  const what = describeType(query)
  return where === '' ? what : t('describe.where', '{{what}}, where {{where}}', { what, where, interpolation })
}

/** Notes and names are shown as they are: what is drawn from them is text, never markup. */
const interpolation = { escapeValue: false }

function describeType(query: ReadableQuery): string {
  const groups = list(query.groupBy)
  const metric = metricName(query.metric ?? 'occurrences')
  switch (query.queryType) {
    case 'events':
      return query.view === 'observations'
        ? t('describe.observations', 'Every version of each event')
        : t('describe.events', 'Events, each in its newest version')
    case 'incidents':
      return query.withOver === true
        ? t('describe.incidents-with-over', 'Incidents, those that are over too')
        : t('describe.incidents', 'What is broken at the end of the range, and why')
    case 'causes':
      return query.incidentId
        ? t('describe.causes-of', 'Why incident {{id}} came about', { id: query.incidentId, interpolation })
        : t('describe.causes', 'Why the most important incident came about')
    case 'similar':
      return query.incidentId
        ? t('describe.similar-of', 'Incidents like {{id}} before', { id: query.incidentId, interpolation })
        : t('describe.similar', 'Incidents like the most important one before')
    case 'problems':
      return query.withOver === true
        ? t('describe.problems-with-over', 'Problems, those that are over too')
        : t('describe.problems', 'What is wrong at the end of the range')
    case 'context':
      return t('describe.context', 'Neighbours of an event')
    case 'aggregate':
      return groups === ''
        ? metric
        : t('describe.aggregate', '{{metric}} by {{groups}}', { metric, groups, interpolation })
    case 'patterns':
      if (query.traits !== undefined && query.traits.length > 0) {
        return t('describe.traits', 'Patterns by {{groups}} that are {{traits}}', {
          groups: list(query.patternBy) || 'reason, regarding.kind, namespace',
          traits: query.traits.map(traitName).join(', '),
          interpolation,
        })
      }
      return t('describe.patterns', 'Patterns by {{groups}}, seen {{count}} times or more', {
        groups: list(query.patternBy) || 'reason, regarding.kind, namespace',
        count: query.minOccurrences ?? 3,
        interpolation,
      })
    case 'correlations':
      return query.correlationId
        ? t('describe.graph', 'What caused what among the events of {{id}}', { id: query.correlationId, interpolation })
        : t('describe.correlations', 'Events that belong together')
    case 'timeline':
      return t('describe.timeline', 'The state over time by {{band}}', {
        band: bandName(query.timelineBy ?? 'workload'),
      })
    case 'annotations':
      return query.marks === 'incidents'
        ? t('describe.annotations-incidents', 'A mark for each incident')
        : t('describe.annotations', 'A mark for each event')
  }
}

function describeFilter({ filter }: ReadableQuery): string {
  const text = filter.text.trim()
  return [
    ...(text === '' ? [] : [text]),
    ...filter.terms.filter(({ values }) => values.length > 0).map(describeTerm),
  ].join(' AND ')
}

/** A condition as text, also where Lucene has no word for it. */
export function describeTerm(term: Term): string {
  return termText(term) ?? `${term.key} ${term.operator} ${term.values.join('|')}`
}

export function metricName(metric: NonNullable<ReadableQuery['metric']>): string {
  switch (metric) {
    case 'occurrences':
      return t('metric.occurrences', 'Occurrences')
    case 'rate':
      return t('metric.rate', 'Occurrences per minute')
    case 'objects':
      return t('metric.objects', 'Distinct objects')
    case 'events':
      return t('metric.events', 'Distinct events')
    case 'observations':
      return t('metric.observations', 'Stored versions of events')
    case 'active':
      return t('metric.active', 'Open problems (1 or 0)')
    case 'watched':
      return t('metric.watched', 'Cluster is watched (1 or 0)')
    case 'complete':
      return t('metric.complete', 'Data is complete (1 or 0)')
    case 'maxSeverity':
      return t('metric.max-severity', 'Worst severity')
    case 'gapP50':
      return t('metric.gap-p50', 'Median gap between observations')
    case 'gapP95':
      return t('metric.gap-p95', '95th percentile of gaps')
  }
}

export function bandName(band: NonNullable<ReadableQuery['timelineBy']>): string {
  switch (band) {
    case 'workload':
      return t('band.workload', 'workload')
    case 'object':
      return t('band.object', 'object')
    case 'node':
      return t('band.node', 'node')
    case 'namespace':
      return t('band.namespace', 'namespace')
    case 'problem':
      return t('band.problem', 'trouble of an object')
  }
}

export function traitName(trait: Trait): string {
  switch (trait) {
    case 'burst':
      return t('trait.burst', 'a burst')
    case 'recurring':
      return t('trait.recurring', 'recurring now')
    case 'novel':
      return t('trait.novel', 'new in 24 hours')
    case 'silent':
      return t('trait.silent', 'silent')
    case 'periodic':
      return t('trait.periodic', 'periodic')
  }
}

function list(names: readonly string[] | undefined): string {
  return (names ?? []).join(', ')
}
