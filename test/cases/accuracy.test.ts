import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calmScoreOf } from '../accuracy/calm.ts'
import { CALM_DAYS } from '../accuracy/draw/calm.ts'
import { compose } from '../accuracy/draw/compose.ts'
import { instantOf } from '../accuracy/draw/instants.ts'
import { readPiece } from '../accuracy/draw/piece.ts'
import { FAULTS, recipeOf, SEEDS, UNSEEN } from '../accuracy/draw/recipes.ts'
import { areEdgesTrue } from '../accuracy/edges.ts'
import { belowFloors, GOALS } from '../accuracy/goals.ts'
import { measuresOf } from '../accuracy/measures.ts'
import { scoresOf, withDrawn } from '../accuracy/run.ts'
import { replaceTable } from '../accuracy/table.ts'
import { halfOf, readCases } from '../accuracy/truth.ts'
import { textOf } from '../support/doc-commands.ts'

const LAB = join(import.meta.dirname, '..', 'lab', 'recordings')

/** Of the half that is looked at while rules are made. */
const SOME = SEEDS.filter((seed) => halfOf(recipeOf(seed).name) === 'a').slice(0, 4)

describe('the accuracy of incidents', () => {
  it('on recordings of the lab does not fall', async () => {
    const measures = measuresOf(await scoresOf(readCases(LAB)))
    expect(measures.first.of).toBeGreaterThanOrEqual(27)
    const floors = { first: 0.9, inThree: 0.95, thing: 0.9, grounded: 0.8, oneIncident: 0.95, effects: 0.9 }
    expect(belowFloors(measures, floors)).toEqual([])
  }, 180_000)

  it('does not live on names: with all of them replaced, as much is right', async () => {
    await withDrawn({ seeds: SOME }, async (cases) => {
      const [named, shuffled] = [measuresOf(await scoresOf(cases)), measuresOf(await scoresOf(cases, true))]
      expect(shuffled.first).toEqual(named.first)
      expect(shuffled.grounded).toEqual(named.grounded)
      expect(shuffled.effects).toEqual(named.effects)
      expect(shuffled.wrongUnseen).toEqual(named.wrongUnseen)
    })
  }, 180_000)

  it('tells of a day with rollouts, on which nothing breaks, no incident', async () => {
    const days = CALM_DAYS.filter(({ name }) => name === 'calm-rollouts-1')
    await withDrawn({ days }, async (cases) => {
      expect(cases).toHaveLength(1)
      for (const each of cases) expect(await calmScoreOf(each)).toMatchObject({ falseIncidents: 0 })
    })
  })
})

describe('recordings that are drawn', () => {
  it('are 60 and more, hold every fault of the lab, and are half and half', () => {
    const recipes = SEEDS.map(recipeOf)
    expect(recipes.length).toBeGreaterThanOrEqual(60)
    expect(new Set(recipes.map(({ fault }) => fault))).toEqual(new Set([...FAULTS, ...UNSEEN]))
    const inA = recipes.filter(({ name }) => halfOf(name) === 'a').length
    expect(Math.min(inA, recipes.length - inA)).toBeGreaterThanOrEqual(30)
  })

  it('are the same for the same seed, in order of time, without a name of the lab', () => {
    const some = fc.constantFrom(...SEEDS)
    fc.assert(
      fc.property(some, (seed) => {
        const recipe = recipeOf(seed)
        const { lines, truth } = compose(recipe)
        expect(compose(recipe).truth).toEqual(truth)
        const times = lines.map(([at]) => at)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        const text = JSON.stringify(lines)
        const uids = readPiece(recipe.fault).facts.map(({ uid }) => uid)
        expect(uids.filter((uid) => text.includes(uid))).toEqual([])
        expect(text).not.toMatch(/"namespace":"(shop|batch|billing|legacy|tools|web|edge|build)"/)
      }),
      { numRuns: 8 },
    )
  }, 60_000)

  it('keep all distances in time within a fault', () => {
    const [seed = 0] = SOME
    const recipe = { ...recipeOf(seed), second: null, before: null, backgrounds: [] }
    const { lines } = compose(recipe)
    const piece = readPiece(recipe.fault)
    expect(lines).toHaveLength(piece.lines.length)
    const created = (each: { object: object }) =>
      Date.parse((each.object as { metadata: { creationTimestamp: string } }).metadata.creationTimestamp)
    const shifts = new Set(lines.map(([, line], place) => created(line) - created(piece.lines[place] ?? line)))
    expect([...shifts]).toHaveLength(1)
  })
})

describe('an edge', () => {
  const claim = { kind: 'PersistentVolumeClaim', namespace: 'shop', name: 'data-web-0' }
  const pod = { kind: 'Pod', namespace: 'shop', name: 'web-0' }
  const outage = {
    object: { kind: 'StorageClass', name: 'gold' },
    alternatives: [],
    fault: null,
    isVisible: true,
    effects: [claim, pod],
    edges: [{ from: claim, to: pod }],
    began: null,
  }
  const edge = (from: string, to: string, rule: string) =>
    areEdgesTrue(outage, [{ from, to, rule, words: '', trust: 'certain', lagSeconds: 0, observations: [] }])

  it('is true when the truth has it, in that direction', () => {
    expect(edge('PersistentVolumeClaim shop/data-web-0: ProvisioningFailed', 'Pod shop/web-0: FailedScheduling', 'claim')).toBe(true)
    expect(edge('Pod shop/web-0: FailedScheduling', 'PersistentVolumeClaim shop/data-web-0: ProvisioningFailed', 'claim')).toBe(false)
    expect(edge('PersistentVolumeClaim shop/data-web-0: ProvisioningFailed', 'Pod shop/other-7c-x: FailedScheduling', 'claim')).toBe(false)
  }) // prettier-ignore

  it('from a note is true when what it is about suffers from the fault', () => {
    expect(edge('StorageClass gold', 'PersistentVolumeClaim shop/data-web-0: ProvisioningFailed', 'says')).toBe(true)
    expect(edge('StorageClass gold', 'Pod shop/other-7c-x: FailedMount', 'says')).toBe(false)
  })
})

describe('docs/accuracy.md', () => {
  const page = textOf('docs/accuracy.md')

  it('has the tables that the command writes', () => {
    const scripts = (
      JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { scripts: object }
    ).scripts
    expect(page).toContain('npm run -s accuracy -- --write')
    expect(scripts).toHaveProperty('accuracy')
    const missing = GOALS.filter(({ words }) => !page.includes(`| ${words} |`))
    expect(missing.map(({ words }) => words)).toEqual([])
    for (const set of ['lab', 'recordings'])
      expect(replaceTable(page, set, [['measure'], ['new']])).toContain('| measure |\n| --- |\n| new |')
  })

  it('is not written where it has no place for a table', () => {
    expect(() => replaceTable(page, 'other', [])).toThrow('no place for the table "other"')
  })
})

it('asks no earlier than at the last event', () => {
  expect(instantOf(Date.parse('2026-01-01T00:00:00.123Z') + 0.4)).toBe('2026-01-01T00:00:00.124Z')
})
