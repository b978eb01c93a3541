import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ask, runCommand, STACK_TRACE } from './cli.ts'

/** Situations from public reports, which lie beside the repository on the machines that test it. */
export const CASES = join(process.env.EVENTLOOM_SHARED ?? join(import.meta.dirname, '../../../shared'), 'data/cases')
export const hasCases = existsSync(CASES)

/** The closing object of `replay --json`. */
export interface Summary {
  readonly received: number
  readonly outcomes: {
    readonly stored: number
    readonly alreadyStored: number
    readonly filtered: Readonly<Record<string, number>>
    readonly signalled: Readonly<Record<string, number>>
    readonly dropped: Readonly<Record<string, number>>
    readonly deadLettered: Readonly<Record<string, number>>
  }
  readonly balanced: boolean
  readonly observations: number
  readonly logicalEvents: number
  readonly occurrences: number
}

/** What the tests look at of an observation. */
export interface Row {
  readonly id: string
  readonly uid: string
  readonly resourceVersion: number
  readonly firstObserved: string
  readonly lastObserved: string
  readonly count: number
  readonly countIsLowerBound: boolean
  readonly countDelta: number
  readonly countUnplaced: number
  readonly type: string
  readonly reason: string
  readonly note: string
  readonly regarding: { readonly kind: string; readonly namespace: string; readonly name: string; readonly uid: string }
  readonly annotations: Readonly<Record<string, string>>
  readonly metadata: Readonly<Record<string, string>>
  readonly flags: readonly string[]
  readonly category: string
  readonly severity: string
  readonly owner: { readonly kind: string; readonly name: string }
  readonly correlationId: string
  readonly templateId: string
}

export interface Table {
  readonly groups: readonly {
    readonly key: readonly string[] | null
    readonly points: readonly { readonly start: string; readonly values: Readonly<Record<string, number>> }[]
  }[]
}

export interface Correlation {
  readonly id: string
  readonly title: string
  readonly severity: string
  readonly objects: readonly string[]
  readonly workloads: readonly string[]
  readonly causes: readonly { readonly cause: EdgeEnd; readonly effect: EdgeEnd }[]
  readonly changes: readonly { readonly reason: string; readonly object: string }[]
}

interface EdgeEnd {
  readonly reason: string
  readonly object: string
}

/** A data folder of one case, and the command line over it. */
export class CaseFolder {
  readonly directory = mkdtempSync(join(tmpdir(), 'eventloom-case-'))
  readonly data = join(this.directory, 'data')
  readonly #flags: readonly string[]

  /** @param flags more for each command, for example `--config FILE`. */
  constructor(flags: readonly string[] = []) {
    this.#flags = [...flags, '--data', this.data]
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true })
  }

  run(...args: string[]) {
    return runCommand([...args, ...this.#flags])
  }

  replay(file: string, ...flags: string[]): Promise<Summary> {
    return ask<Summary>(['replay', file, ...this.#flags, ...flags])
  }

  /** Plays a recording twice: the first time stores every version once, the second time nothing. */
  async replayTwice(file: string, ...flags: string[]): Promise<Summary> {
    const first = await this.replay(file, ...flags)
    const second = await this.replay(file, ...flags)
    expect(first.balanced && second.balanced).toBe(true)
    expect(first.observations).toBe(first.outcomes.stored)
    expect(second).toMatchObject({ observations: first.observations, occurrences: first.occurrences })
    expect(second.outcomes).toMatchObject({ stored: 0, alreadyStored: first.outcomes.stored })
    return first
  }

  query(query: string, ...flags: string[]): Promise<readonly Row[]> {
    return ask<readonly Row[]>(['query', query, ...this.#flags, ...flags])
  }

  aggregate(...flags: string[]): Promise<Table> {
    return ask<Table>(['aggregate', ...this.#flags, ...flags])
  }

  correlations(): Promise<readonly Correlation[]> {
    return ask<readonly Correlation[]>(['correlations', ...this.#flags])
  }
}

/** `{ key: value of the metric }`, of a table without windows. */
export function byKey({ groups }: Table, metric = 'occurrences'): Readonly<Record<string, number>> {
  return Object.fromEntries(
    groups.map(({ key, points }) => [
      key?.join(' ') ?? 'other',
      points.reduce((sum, { values }) => sum + (values[metric] ?? 0), 0),
    ]),
  )
}

/** `{ start: value }`, of a table without groups; windows without events are left out. */
export function byWindow({ groups }: Table, metric = 'occurrences'): Readonly<Record<string, number>> {
  const points = groups.flatMap((group) => group.points)
  return Object.fromEntries(
    points.map(({ start, values }) => [start, values[metric] ?? 0] as const).filter(([, value]) => value !== 0),
  )
}

/** Nothing of the insides of the program. */
export function expectNoStackTrace(stderr: string): void {
  expect(stderr).not.toMatch(STACK_TRACE)
}
