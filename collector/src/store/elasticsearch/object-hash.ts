import { hash } from 'node:crypto'
import type { Observation } from '../../event/observation.ts'
import { regardingKey } from '../../query/measure.ts'

/**
 * Number of the object that an observation is about, 53 bits of a SHA-1: two of a million objects share one once in 18,000
 * clusters. To count objects by a number takes a tenth of the time that four texts take.
 */
export function objectHash(observation: Pick<Observation, 'cluster' | 'regarding'>): number {
  return Number(hash('sha1', regardingKey(observation), 'buffer').readBigUInt64BE() >> 11n)
}
