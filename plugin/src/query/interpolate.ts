import type { ScopedVars, TypedVariableModel } from '@grafana/data'
import { joinValues } from './lucene-text'
import type { EventloomQuery, Operator, Term } from './query'

/** What is used of Grafana's template service. */
export interface Templates {
  replace(target: string, scopedVars?: ScopedVars, format?: (value: unknown) => string): string
  getVariables(): TypedVariableModel[]
}

/** More values than the collector takes; a product of variables may have any number. */
const MOST_VALUES = 20_000

const REFERENCE = /\$(\w+)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.[^:}]+)?(?::[^}]+)?\}/g
const ALL = '$__all'

/** Fills variables into queries. Values stay values: they are put into lists, and only into Lucene text as text, escaped. */
export function interpolator(templates: Templates, scopedVars: ScopedVars = {}) {
  const isAll = (name: string) => isAllSelected(templates, scopedVars, name)

  /** Values of a condition or a list of fields; null when a variable in it stands for all. */
  const expand = (text: string, escape: (value: string) => string = (value) => value): readonly string[] | null => {
    if (variablesOf(text).some(isAll)) return null
    const lists: (readonly string[])[] = []
    const marked = templates.replace(
      text,
      scopedVars,
      (value) => `\u0000${lists.push(asList(value).map(escape)) - 1}\u0000`,
    )
    return marked.split('\u0000').reduce<readonly string[]>(
      (done, part, place) => {
        const choices = place % 2 === 0 ? [part] : (lists[Number(part)] ?? [])
        return done.flatMap((start) => choices.map((choice) => start + choice)).slice(0, MOST_VALUES)
      },
      [''],
    )
  }

  const term = ({ key, operator, values }: Term): Term => {
    const expanded = values.map((value) => expand(value, isRegex(operator) ? escapeRegex : undefined))
    const [name = key] = expand(key) ?? []
    return { key: name, operator, values: expanded.includes(null) ? [] : expanded.flatMap((each) => each ?? []) }
  }

  /** Lucene text. `field:$all` as a whole becomes "anything": `field:*` would leave out rows without that field. */
  const lucene = (text: string): string => {
    const open = text.replace(/(?:[^\s()":]+:)?(?:\$\w+|\[\[\w+(?::\w+)?\]\]|\$\{[^}]+\})/g, (reference) =>
      variablesOf(reference).some(isAll) ? '*' : reference,
    )
    return templates.replace(open, scopedVars, (value) => joinValues(asList(value)))
  }

  const fields = (names: readonly string[]) =>
    [...new Set(names.flatMap((name) => expand(name) ?? []))].filter((name) => name !== '')
  const plain = (text: string) => templates.replace(text, scopedVars)
  return { expand, term, lucene, fields, plain }
}

/** A query with every variable filled in. Ad hoc filters are added by the caller. */
export function interpolateQuery(query: EventloomQuery, templates: Templates, scopedVars?: ScopedVars): EventloomQuery {
  const { term, lucene, fields, plain } = interpolator(templates, scopedVars)
  const { filter, groupBy, patternBy, tagFields, interval, correlationId, incidentId } = query
  return {
    ...query,
    ...(filter === undefined
      ? {}
      : { filter: { text: lucene(filter.text ?? ''), terms: (filter.terms ?? []).map(term) } }),
    ...(groupBy === undefined ? {} : { groupBy: fields(groupBy) }),
    ...(patternBy === undefined ? {} : { patternBy: fields(patternBy) }),
    ...(tagFields === undefined ? {} : { tagFields: fields(tagFields) }),
    ...(interval === undefined ? {} : { interval: plain(interval) }),
    ...(correlationId === undefined ? {} : { correlationId: plain(correlationId) }),
    ...(incidentId === undefined ? {} : { incidentId: plain(incidentId) }),
  }
}

/** Names of the variables that a text, or any text within a query, mentions. */
export function variablesOf(value: unknown): readonly string[] {
  if (typeof value === 'string')
    return [...value.matchAll(REFERENCE)].map(([, plain, square, curly]) => plain ?? square ?? curly ?? '')
  if (Array.isArray(value)) return value.flatMap(variablesOf)
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(variablesOf)
  return []
}

function isAllSelected(templates: Templates, scopedVars: ScopedVars, name: string): boolean {
  // A repeated panel carries its own value.
  const scoped: unknown = scopedVars[name]?.value
  if (scoped !== undefined) return asList(scoped).includes(ALL)
  const variable = templates.getVariables().find((each) => each.name === name)
  const current: unknown = variable !== undefined && 'current' in variable ? variable.current : undefined
  if (typeof current !== 'object' || current === null || !('value' in current)) return false
  return asList(current.value).includes(ALL)
}

function asList(value: unknown): readonly string[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

function isRegex(operator: Operator): boolean {
  return operator === '=~' || operator === '!~'
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
