import { hash } from 'node:crypto'
import type { Observation } from '../../event/observation.ts'
import { regardingKey } from '../../query/measure.ts'

/**
 * Number of the object that an observation is about, 53 bits of a SHA-1: a million objects all have numbers of their own but
 * once in 18,000 times. Objects are counted by one number in far less time than by four texts.
 */
export function objectHash(observation: Pick<Observation, 'cluster' | 'regarding'>): number {
  return Number(hash('sha1', regardingKey(observation), 'buffer').readBigUInt64BE() >> 11n)
}
