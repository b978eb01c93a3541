import { hash } from 'node:crypto'
import { groupOf, identityOf } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import { escapeWildcards } from '../../query/filter.ts'
import { regardingKey } from '../../query/measure.ts'
import type { Filter } from '../../query/model.ts'

/** What {@link identityOfTexts} is made of: an object has several combinations of these, but no combination has two objects. */
export const OBJECT_KEY = [
  'cluster',
  'regarding.kind',
  'regarding.namespace',
  'regarding.name',
  'regarding.uid',
  'regarding.apiVersion',
] as const

/** Identity of the object whose {@link OBJECT_KEY} have these texts. */
export function identityOfTexts(texts: readonly string[]): string {
  const [cluster = '', kind = '', namespace = '', name = '', uid = '', apiVersion = ''] = texts
  return identityOf(cluster, { kind, namespace, name, uid, apiVersion })
}

/**
 * Number of the object that an observation is about, 53 bits of a SHA-1: a million objects all have numbers of their own but
 * once in 18,000 times. Objects are counted by one number in far less time than by six texts.
 */
export function objectHash(observation: Pick<Observation, 'cluster' | 'regarding'>): number {
  return Number(hash('sha1', regardingKey(observation), 'buffer').readBigUInt64BE() >> 11n)
}

/** The rows of the object that an observation is about. */
export function ofObject({ cluster, regarding }: Pick<Observation, 'cluster' | 'regarding'>): Filter {
  const { kind, namespace, name, uid, apiVersion } = regarding
  const is = (field: string, value: string): Filter => ({ op: 'in', field, values: [value] })
  const isNode = is('regarding.kind', 'Node')
  const ofCluster = (...filters: readonly Filter[]): Filter => ({
    op: 'and',
    filters: [is('cluster', cluster), ...filters],
  })
  if (kind === 'Node') return ofCluster(isNode, is('regarding.name', name))
  if (uid !== '') return ofCluster(is('regarding.uid', uid), { op: 'not', filter: isNode })
  const names = [is('regarding.kind', kind), is('regarding.namespace', namespace), is('regarding.name', name)]
  return ofCluster(...names, is('regarding.uid', ''), ofGroup(groupOf(apiVersion)))
}

function ofGroup(group: string): Filter {
  const field = 'regarding.apiVersion'
  if (group !== '') return { op: 'like', field, pattern: `${escapeWildcards(group)}/*` }
  return { op: 'not', filter: { op: 'like', field, pattern: '*/*' } }
}
