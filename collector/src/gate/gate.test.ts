import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { HOUR, MINUTE } from '../clock.ts'
import type { NormalizedEvent } from '../event/observation.ts'
import { chainKey, StoreUnavailableError, type ChainHead } from '../store/store.ts'
import { Gate, type GateHead, type GateMemory } from './gate.ts'

const signal = new AbortController().signal

class Memory implements GateMemory {
  horizon = 0
  heads = new Map<string, GateHead>()
  older = new Set<string>()
  head(chain: string): GateHead | undefined {
    return this.heads.get(chain)
  }
  isKnownOlder(id: string): boolean {
    return this.older.has(id)
  }
  /** As a commit does. */
  take(gate: Gate): void {
    for (const [chain, head] of gate.changes.heads) this.heads.set(chain, head)
    for (const id of gate.changes.olderIds) this.older.add(id)
    gate.committed()
  }
}

class Store {
  stored = new Set<string>()
  chains = new Map<string, ChainHead>()
  down = false
  asked = 0
  async findStored(versions: readonly { id: string }[]): Promise<ReadonlySet<string>> {
    this.#ask()
    return new Set(versions.map(({ id }) => id).filter((id) => this.stored.has(id)))
  }
  async findChains(): Promise<ReadonlyMap<string, ChainHead>> {
    this.#ask()
    return this.chains
  }
  #ask(): void {
    this.asked += 1
    if (this.down) throw new StoreUnavailableError('find', { cause: new Error('down') })
  }
}

/** A version with count `count` whose last occurrence is `minutes` after the first. */
function version(resourceVersion: number, count: number, minutes: number, extra: Partial<NormalizedEvent> = {}) {
  return anObservation({ resourceVersion, count, firstObserved: NOON, lastObserved: NOON + minutes * MINUTE, ...extra })
}

async function admit(gate: Gate, events: readonly NormalizedEvent[]) {
  const consultation = await gate.consult(events, signal)
  return events.map((event) => {
    const admission = gate.judge(event, consultation)
    if (admission !== null) gate.accept(event, admission, consultation)
    return admission && { ...admission.counts, undecided: admission.undecided }
  })
}

const scenarios: readonly { name: string; events: readonly NormalizedEvent[]; expected: readonly (object | null)[] }[] =
  [
    {
      name: 'a first sight with count 1 is one occurrence',
      events: [version(1, 1, 0)],
      expected: [{ countDelta: 1, countUnplaced: 0, deltaSince: NOON, countEstimated: false, undecided: false }],
    },
    {
      name: 'growth counts what is new since the version before',
      events: [version(1, 1, 0), version(2, 4, 10), version(3, 6, 20)],
      expected: [
        { countDelta: 1 },
        { countDelta: 3, deltaSince: NOON },
        { countDelta: 2, deltaSince: NOON + 10 * MINUTE },
      ],
    },
    {
      name: 'a first sight of an old event places one occurrence and leaves the rest unplaced',
      events: [version(1, 970, 5_000)],
      expected: [{ countDelta: 1, countUnplaced: 969 }],
    },
    {
      name: 'occurrences whose times are not known are unplaced however short the interval looks',
      events: [version(1, 40, 0, { flags: ['timesUnknown'] }), version(2, 41, 1, { flags: ['timesUnknown'] })],
      expected: [
        { countDelta: 1, countUnplaced: 39 },
        { countDelta: 1, countUnplaced: 0 },
      ],
    },
    {
      name: 'an hour apart is still placed, a microsecond more is not',
      events: [version(1, 1, 0), version(2, 5, 60), version(3, 9, 0, { lastObserved: NOON + 60 * MINUTE + HOUR + 1 })],
      expected: [{ countDelta: 1 }, { countDelta: 4, countUnplaced: 0 }, { countDelta: 1, countUnplaced: 3 }],
    },
    {
      name: 'a late version and a falling count add nothing',
      events: [version(10, 973, 5), version(9, 971, 4), version(11, 2, 6), version(12, 974, 7)],
      expected: [{ countDelta: 973 }, { countDelta: 0, countUnplaced: 0 }, { countDelta: 0 }, { countDelta: 1 }],
    },
    {
      name: 'the same version twice is seen once',
      events: [version(1, 1, 0), version(1, 1, 0)],
      expected: [{ countDelta: 1 }, null],
    },
    {
      name: 'an older version that came late is known afterwards too',
      events: [version(2, 2, 1), version(1, 1, 0), version(1, 1, 0), version(2, 2, 1)],
      expected: [{ countDelta: 2 }, { countDelta: 0 }, null, null],
    },
    {
      name: 'a re-creation goes on in its chain',
      events: [version(1, 3, 0), version(9, 4, 30, { uid: '99999999-1111-4111-8111-111111111111' })],
      expected: [{ countDelta: 3 }, { countDelta: 1 }],
    },
    {
      name: 'another first time starts at 0',
      events: [version(1, 3, 0), version(9, 2, 30, { firstObserved: NOON + 20 * MINUTE })],
      expected: [{ countDelta: 3 }, { countDelta: 2 }],
    },
  ]

describe('the gate', () => {
  it.each(scenarios)('$name, in one batch and one by one', async ({ events, expected }) => {
    expect(await admit(new Gate(new Memory(), new Store()), events)).toMatchObject(expected)
    const memory = new Memory()
    const gate = new Gate(memory, new Store())
    const answers = []
    for (const event of events) {
      answers.push(...(await admit(gate, [event])))
      memory.take(gate)
    }
    expect(answers).toMatchObject(expected)
  })

  it('asks the store about nothing that must be new', async () => {
    const store = new Store()
    const memory = new Memory()
    const gate = new Gate(memory, store)
    await admit(gate, [version(1, 1, 0), version(2, 2, 1)])
    memory.take(gate)
    await admit(gate, [version(3, 3, 2)])
    expect(store.asked).toBe(0)
  })

  it('asks about a chain that began before the horizon, and measures from what is stored', async () => {
    const store = new Store()
    const memory = new Memory()
    memory.horizon = NOON
    const event = version(5, 7, 30)
    store.chains.set(chainKey(event), {
      highestCount: 4,
      resourceVersion: 3,
      lastObserved: NOON + 10 * MINUTE,
      countEstimated: false,
    })
    expect(await admit(new Gate(memory, store), [event])).toMatchObject([
      { countDelta: 3, deltaSince: NOON + 10 * MINUTE, countEstimated: false },
    ])
  })

  it.each([
    { name: 'its head', ofHead: 9, ofStore: 4 },
    { name: 'the store', ofHead: 4, ofStore: 9 },
  ])('measures from the highest count that head and store know, here that of $name', async ({ ofHead, ofStore }) => {
    const store = new Store()
    const memory = new Memory()
    memory.horizon = NOON
    const gate = new Gate(memory, store)
    // Only a head that is itself an estimate sends the gate to the store as well.
    store.down = true
    await admit(gate, [version(9, ofHead, 20)])
    memory.take(gate)
    store.down = false
    const late = version(3, 8, 10)
    const known = { resourceVersion: 5, lastObserved: NOON + 15 * MINUTE, countEstimated: false }
    store.chains.set(chainKey(late), { ...known, highestCount: ofStore })
    expect(await admit(gate, [late])).toMatchObject([{ countDelta: 0, countUnplaced: 0 }])
  })

  it('takes a version once that comes again after a later one of the same batch', async () => {
    const [first, second] = [version(1, 1, 0), version(2, 4, 10)]
    const gate = new Gate(new Memory(), new Store())
    expect(await admit(gate, [first, second, first])).toMatchObject([{ countDelta: 1 }, { countDelta: 3 }, null])
  })

  it('knows what is stored although its memory forgot it', async () => {
    const store = new Store()
    const memory = new Memory()
    memory.horizon = NOON
    const event = version(5, 7, 30)
    store.stored.add(event.id)
    expect(await admit(new Gate(memory, store), [event])).toEqual([null])
  })

  it('does not take a later version for new because a late one was accepted after memory was lost', async () => {
    const store = new Store()
    const memory = new Memory()
    memory.horizon = NOON
    const [late, newest] = [version(3, 3, 3), version(9, 9, 9)]
    store.stored.add(newest.id)
    store.chains.set(chainKey(newest), {
      highestCount: 9,
      resourceVersion: 9,
      lastObserved: newest.lastObserved,
      countEstimated: false,
    })
    const gate = new Gate(memory, store)
    expect(await admit(gate, [late])).toMatchObject([{ countDelta: 0 }])
    memory.take(gate)
    expect(await admit(gate, [newest])).toEqual([null])
  })

  it('marks what it could not ask as undecided and estimated, and the estimate is inherited', async () => {
    const store = new Store()
    const memory = new Memory()
    memory.horizon = NOON
    store.down = true
    const gate = new Gate(memory, store)
    expect(await admit(gate, [version(5, 7, 30)])).toMatchObject([
      { countDelta: 7, countEstimated: true, undecided: true },
    ])
    memory.take(gate)
    expect(await admit(gate, [version(6, 8, 31)])).toMatchObject([{ countDelta: 1, countEstimated: true }])
    memory.take(gate)
    store.down = false
    store.chains.set(chainKey(version(6, 8, 31)), {
      highestCount: 8,
      resourceVersion: 6,
      lastObserved: NOON,
      countEstimated: true,
    })
    expect(await admit(gate, [version(7, 10, 32)])).toMatchObject([
      { countDelta: 2, countEstimated: false, undecided: false },
    ])
  })

  it('lets a dropped version be no predecessor', async () => {
    const gate = new Gate(new Memory(), new Store())
    const [first, dropped, next] = [version(1, 1, 0), version(2, 3, 1), version(3, 4, 2)]
    await admit(gate, [first])
    const consultation = await gate.consult([dropped], signal)
    expect(gate.judge(dropped, consultation)).not.toBeNull()
    expect(await admit(gate, [next])).toMatchObject([{ countDelta: 3 }])
  })
})
