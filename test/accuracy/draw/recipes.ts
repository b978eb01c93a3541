import { Chance } from './chance.ts'

/** What a recording is made of. */
export interface Recipe {
  readonly name: string
  readonly seed: number
  readonly fault: string
  /** At the same time. */
  readonly second: string | null
  /** Over some minutes before. */
  readonly before: string | null
  readonly backgrounds: readonly Background[]
  readonly withFacts: boolean
}

export const BACKGROUNDS = [
  'crash-loop',
  'missing-image',
  'no-metrics',
  'flapping-probe',
  'rollouts',
  'cron-jobs',
  'drain',
] as const
export type Background = (typeof BACKGROUNDS)[number]

/** Recordings of the lab in which the events tell what is to blame. */
export const FAULTS = [
  'attach-failing', 'attach-stuck', 'bad-rollout', 'class-missing', 'cni-broken', 'configmap-missing', 'crash-loop', 'env-secret-missing', 'event-flood',
  'hpa-without-metrics', 'image-missing', 'job-failing', 'liveness-failing', 'mount-failing', 'node-lost-and-back', 'nodes-cordoned', 'oom-killed', 'preemption',
  'probe-timeout', 'provisioning-failing', 'quota-exceeded', 'registry-down', 'secret-missing', 'taint-untolerated', 'unschedulable', 'webhook-down',
] // prettier-ignore

/** Not those that last less than the second to which two faults can be laid, nor those that lack the same thing as another one does. */
const ALONE = new Set([
  'attach-stuck', 'hpa-without-metrics', 'node-lost-and-back', 'nodes-cordoned', 'preemption', 'taint-untolerated', 'unschedulable',
]) // prettier-ignore
const BESIDE = FAULTS.filter((each) => !ALONE.has(each))

/** Those in which no event does. */
export const UNSEEN = ['control-plane-restart', 'dependency-hangs', 'scaled-to-zero', 'selector-wrong']

/** Faults whose end the events tell: what is over explains nothing that begins later. */
const HEALED = [
  'crash-loop',
  'env-secret-missing',
  'mount-failing',
  'quota-exceeded',
  'registry-down',
  'secret-missing',
] as const

/** Each is one recording. More may be added; what a seed gives never changes while the lists above do not. */
export const SEEDS: readonly number[] = Array.from({ length: 76 }, (_, place) => place + 1)

/** Every fault that is seen twice and more, and each fourth recording with one that is not. */
export function recipeOf(seed: number): Recipe {
  const chance = new Chance(`recipe ${String(seed)}`)
  const isUnseen = seed % 4 === 0
  const from = isUnseen ? UNSEEN : FAULTS
  const fault = from[(isUnseen ? seed / 4 : seed - Math.floor(seed / 4)) % from.length] ?? ''
  const overlap = chance.number('overlap', 4)
  const others = (of: readonly string[]) => of.filter((each) => each !== fault)
  return {
    name: `drawn-${String(seed).padStart(3, '0')}`,
    seed,
    fault,
    second: overlap === 1 && !isUnseen ? chance.one('second', others(BESIDE)) : null,
    before: overlap === 2 || (overlap === 1 && isUnseen) ? chance.one('before', others(HEALED)) : null,
    backgrounds: chance
      .shuffled('backgrounds', BACKGROUNDS)
      .filter((each) => each !== 'no-metrics' || fault !== 'hpa-without-metrics')
      .slice(0, 1 + chance.number('how many', 3)),
    withFacts: chance.number('facts', 2) === 0,
  }
}
