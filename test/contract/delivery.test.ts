import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DeliveryWorld, OPERATIONS, type Step } from '../support/delivery-world.ts'

const operation = fc.constantFrom(...OPERATIONS)
const step: fc.Arbitrary<Step> = fc.record({ operation, number: fc.nat(95) })

/** Short schedules that once broke a simpler rule; each is replayed on every run. */
const WITNESSES: readonly { readonly name: string; readonly steps: string }[] = [
  {
    name: 'a store set aside is filled from kept entries and a new list',
    steps: 'create.0 read.8 flush.0 create.2 read.8 patch.2 flush.0 read.0 flush.0 loseStore.0',
  },
  {
    name: 'a restored server uses resourceVersions again',
    steps:
      'create.1 backup.0 patch.1 read.16 restore.0 create.0 commit.0 read.0 read.8 create.2 create.3 patch.1 read.0 read.8',
  },
  {
    name: 'counts that fall with the store down are estimated',
    steps: 'create.1 patch.1 read.0 lower.1 read.16 flush.0 down.0 loseBuffer.0 read.0 patch.1 read.0',
  },
  {
    name: 'a crash between the store and the acknowledgement doubles nothing',
    steps: 'create.0 create.1 read.8 commit.0 send.0 crash.0 read.8 flush.0',
  },
  {
    name: 'a lost answer and a batch of other size double nothing',
    steps: 'create.0 read.8 commit.0 send.0 create.1 read.8 commit.0 flush.0',
  },
  {
    name: 'a re-creation goes on in its chain',
    steps: 'create.0 patch.0 read.8 flush.0 expire.0 again.0 read.8 flush.0 patch.0 read.8',
  },
  {
    name: 'a crash in the middle of a list lists again',
    steps: 'create.0 create.1 create.2 create.3 read.0 commit.0 crash.0 read.8 flush.0',
  },
]

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-delivery-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('whatever happens, what the server holds is stored once and the accounts balance', () => {
  it.each(WITNESSES)('$name', async ({ steps }) => {
    const parsed = steps.split(' ').map((text) => {
      const [name, number] = text.split('.')
      return { operation: name, number: Number(number) } as Step
    })
    expect(await DeliveryWorld.run(directory, parsed)).toEqual([])
  })

  it('holds for random schedules', { timeout: 900_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        expect(await DeliveryWorld.run(directory, steps)).toEqual([])
      }),
      { numRuns: Number(process.env['EVENTLOOM_SCHEDULES'] ?? 150) },
    )
  })
})
