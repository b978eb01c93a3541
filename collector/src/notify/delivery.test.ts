import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aNotification } from '../../../test/support/a-notification.ts'
import { DurableBuffer } from '../buffer/buffer.ts'
import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import type { Message } from './message.ts'
import { ReceiverError } from './receiver.ts'

const START = 1_700_000_000_000_000

type Behaviour = 'takes' | 'answer is lost' | 'fails' | 'refuses' | 'hangs'

const GROUPED: DeliveryOptions = {
  policy: {
    groupBy: ['cluster', 'namespace'],
    wait: 30 * SECOND,
    interval: 5 * MINUTE,
    repeat: null,
    forgetsAfter: null,
  },
  wants: () => true,
  mutesAt: () => () => null,
  mostPerMinute: 30,
  batch: 1,
  timeoutMs: 5,
}
const FORGETFUL: DeliveryOptions = {
  ...GROUPED,
  policy: { groupBy: null, wait: 0, interval: 0, repeat: MINUTE, forgetsAfter: 15 * MINUTE },
  mostPerMinute: Infinity,
  batch: 3,
}

/** Two receivers of one buffer, whose answers are told by the test, and a clock that stands still between passes. */
class World {
  now = START
  readonly behaviour: Record<string, Behaviour> = { grouped: 'takes', forgetful: 'takes' }
  readonly arrived: Record<string, Message[]> = { grouped: [], forgetful: [] }
  readonly dropped: string[] = []
  readonly told: Notification[] = []
  readonly #directory = mkdtempSync(join(tmpdir(), 'eventloom-notify-'))
  readonly #options: Record<string, DeliveryOptions>
  buffer: DurableBuffer
  #deliveries: readonly Delivery[] = []

  constructor(options: Record<string, DeliveryOptions> = { grouped: GROUPED, forgetful: FORGETFUL }) {
    this.#options = options
    this.buffer = this.#open()
  }

  #open(): DurableBuffer {
    const { buffer } = DurableBuffer.open(join(this.#directory, 'buffer.sqlite'), 1e8, 'test')
    buffer.outbox.use(Object.keys(this.#options), () => this.now)
    this.#deliveries = Object.entries(this.#options).map(([name, options]) => {
      const receiver = {
        name,
        send: (messages: readonly Message[]) => this.#answer(name, messages),
        close: () => Promise.resolve(),
      }
      return new Delivery(receiver, buffer.outbox, options, {
        clock: () => this.now,
        random: () => 0.5,
        meter: { sent: () => {}, failed: () => {}, dropped: (_name, cause) => void this.dropped.push(cause) },
        onFailure: () => {},
        onSuccess: () => {},
      })
    })
    return buffer
  }

  #answer(name: string, messages: readonly Message[]): Promise<void> {
    const behaviour = this.behaviour[name] ?? 'takes'
    if (behaviour === 'takes' || behaviour === 'answer is lost') this.arrived[name]?.push(...messages)
    if (behaviour === 'takes') return Promise.resolve()
    if (behaviour === 'hangs') return new Promise(() => {})
    return Promise.reject(new ReceiverError(behaviour === 'refuses' ? 'refused' : 'unavailable', behaviour))
  }

  tell(change: Notification): void {
    this.told.push(change)
    this.buffer.outbox.add([change])
  }

  async pass(): Promise<void> {
    for (const delivery of this.#deliveries) await delivery.pass(new AbortController().signal)
  }

  async passFor(time: EpochMicros, step: EpochMicros = 30 * SECOND): Promise<void> {
    for (const end = this.now + time; this.now < end; this.now += step) await this.pass()
    await this.pass()
  }

  restart(): void {
    this.buffer.close()
    this.buffer = this.#open()
  }

  close(): void {
    this.buffer.close()
    rmSync(this.#directory, { recursive: true })
  }

  keysAt(name: string): readonly string[] {
    return (this.arrived[name] ?? []).flatMap(({ changes }) => changes.map(({ key }) => key))
  }
}

async function inWorld(
  work: (world: World) => Promise<void>,
  options?: Record<string, DeliveryOptions>,
): Promise<void> {
  const world = new World(options)
  try {
    await work(world)
  } finally {
    world.close()
  }
}

const alert = (workload: string, given: Partial<Notification> = {}) =>
  aNotification({ labels: { cluster: 'prod', namespace: 'shop', workload }, ...given })

describe('deliveries', () => {
  it('tell an outage of several workloads once, and its end once', () =>
    inWorld(async (world) => {
      for (const workload of ['web', 'cart', 'pay']) world.tell(alert(workload, { at: world.now }))
      await world.passFor(10 * MINUTE)
      for (const workload of ['web', 'cart', 'pay'])
        world.tell(alert(workload, { state: 'resolved', at: world.now, startsAt: START }))
      await world.passFor(10 * MINUTE)
      expect(world.arrived['grouped']?.map(({ changes, firing }) => [changes.length, firing.length])).toEqual([
        [3, 3],
        [3, 0],
      ])
    }))

  it('let what fires later in a group wait, and then tell how much fires', () =>
    inWorld(async (world) => {
      world.tell(alert('web', { at: world.now }))
      await world.passFor(MINUTE)
      world.tell(alert('cart', { at: world.now }))
      await world.passFor(3 * MINUTE)
      expect(world.arrived['grouped']).toHaveLength(1)
      await world.passFor(3 * MINUTE)
      expect(world.arrived['grouped']?.at(-1)?.firing).toHaveLength(2)
    }))

  it('send again to who forgets, for a while also what ended, and nothing after that', () =>
    inWorld(async (world) => {
      world.tell(alert('web', { at: world.now }))
      await world.passFor(10 * MINUTE)
      expect(world.arrived['forgetful']?.length).toBe(11)
      world.tell(alert('web', { state: 'resolved', at: world.now }))
      await world.passFor(60 * MINUTE)
      const ends = world.arrived['forgetful']?.filter(({ changes }) => changes[0]?.state === 'resolved') ?? []
      expect(ends.length).toBe(16)
      expect(world.buffer.outbox.told('forgetful')).toEqual([])
    }))

  it('tell a receiver that is new what fires already, and forget one that is gone', () =>
    inWorld(async (world) => {
      world.tell(alert('web', { at: world.now }))
      world.tell(alert('cart', { at: world.now }))
      world.tell(alert('cart', { at: world.now + 1, state: 'resolved' }))
      world.buffer.outbox.use(['grouped', 'new'], () => world.now)
      expect(world.buffer.outbox.waiting('new', 10).map(({ notification }) => notification.labels['workload'])).toEqual(
        ['web'],
      )
      expect(world.buffer.outbox.waitingCount('forgetful')).toBe(0)
    }))

  it('go on with other groups while one is refused', () =>
    inWorld(async (world) => {
      world.tell(alert('web', { at: world.now }))
      await world.passFor(MINUTE)
      world.behaviour['grouped'] = 'refuses'
      world.tell(alert('web', { at: world.now, state: 'resolved' }))
      await world.passFor(MINUTE)
      world.behaviour['grouped'] = 'takes'
      world.tell(aNotification({ labels: { cluster: 'prod', namespace: 'bank' }, at: world.now }))
      await world.passFor(5 * MINUTE)
      expect(new Set(world.keysAt('grouped'))).toEqual(new Set(world.told.map(({ key }) => key)))
    }))

  it('drop the oldest beyond what may wait, and say so', () =>
    inWorld(
      async (world) => {
        world.behaviour['grouped'] = 'fails'
        for (let index = 0; index < 2_010; index++) world.tell(alert(`w${index}`, { at: world.now }))
        await world.pass()
        expect(world.buffer.outbox.waitingCount('grouped')).toBe(2_000)
        expect(world.dropped).toContain('too many waiting')
      },
      { grouped: GROUPED },
    ))

  it('send so many messages in a minute and no more', () =>
    inWorld(
      async (world) => {
        for (let index = 0; index < 50; index++)
          world.tell(aNotification({ labels: { cluster: 'prod', namespace: `n${index}` }, at: world.now }))
        world.now += 31 * SECOND
        await world.pass()
        expect(world.arrived['grouped']).toHaveLength(30)
        await world.passFor(MINUTE)
        expect(world.arrived['grouped']).toHaveLength(50)
      },
      { grouped: GROUPED },
    ))

  it('bring everything to everybody, in order for each alert, whatever fails and whenever it is killed', async () => {
    const behaviour = fc.constantFrom<Behaviour>('takes', 'answer is lost', 'fails', 'refuses', 'hangs')
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant('change' as const), alert: fc.nat(4), namespace: fc.nat(1) }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.nat(600) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('behave' as const),
          name: fc.constantFrom('grouped', 'forgetful'),
          behaviour,
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('step back' as const), seconds: fc.nat(7_200) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), (steps) =>
        inWorld(async (world) => {
          const states = new Map<string, Notification>()
          let changes = 0
          for (const one of steps) {
            if (one.kind === 'behave') world.behaviour[one.name] = one.behaviour
            else if (one.kind === 'restart') world.restart()
            else if (one.kind === 'step back') world.now -= one.seconds * SECOND
            else if (one.kind === 'pass') {
              world.now += one.seconds * SECOND
              await world.pass()
            } else {
              const labels = { cluster: 'c', namespace: `n${one.namespace}`, workload: `w${one.alert}` }
              const last = states.get(labels.namespace + labels.workload)
              const state = last === undefined || last.state === 'resolved' ? 'firing' : 'resolved'
              const change = aNotification({ labels, state, at: START + changes++ })
              states.set(labels.namespace + labels.workload, change)
              world.tell(change)
            }
          }
          world.behaviour['grouped'] = 'takes'
          world.behaviour['forgetful'] = 'takes'
          world.now += 3_600 * SECOND
          await world.passFor(15 * MINUTE, MINUTE)
          for (const name of ['grouped', 'forgetful']) {
            expect(world.buffer.outbox.waitingCount(name)).toBe(0)
            const first = [...new Set(world.keysAt(name))]
            for (const [, all] of Map.groupBy(world.told, ({ fingerprint }) => fingerprint)) {
              const keys = new Set(all.map(({ key }) => key))
              expect(first.filter((key) => keys.has(key))).toEqual(all.map(({ key }) => key))
            }
            const firing = world.buffer.outbox
              .told(name)
              .filter(({ notification }) => notification.state !== 'resolved')
            const expected = [...states.values()].filter(({ state }) => state === 'firing')
            expect(firing.map(({ notification }) => notification.key).sort()).toEqual(
              expected.map(({ key }) => key).sort(),
            )
          }
        }),
      ),
      { numRuns: 60 },
    )
  }, 120_000)
})
