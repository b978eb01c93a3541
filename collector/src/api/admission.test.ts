import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Admission, MOST_WAITING } from './admission.ts'
import { BusyError } from './problem-details.ts'

const never = new AbortController().signal
const BYTES = 1_000

describe('the door for all questions', () => {
  it('never lets in more than fits, nobody waits for ever, and a line in order', async () => {
    const weights = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 2_000 }), leaves: fc.boolean() }), { maxLength: 60 }) // prettier-ignore
    await fc.assert(
      fc.asyncProperty(weights, fc.infiniteStream(fc.nat()), async (questions, picks) => {
        const door = new Admission(BYTES)
        const inside: { readonly weight: number; readonly leave: () => void }[] = []
        let entered = 0
        const all = questions.map(async ({ weight, leaves }) => {
          const controller = new AbortController()
          const mine = door.enter(weight, controller.signal)
          if (leaves) controller.abort(new Error('left'))
          const leave = await mine.catch(() => null)
          if (leave === null) return
          entered += 1
          inside.push({ weight: Math.min(weight, BYTES * (weight > BYTES / 8 ? 3 / 4 : 1 / 4)), leave })
          expect(inside.reduce((sum, each) => sum + each.weight, 0)).toBeLessThanOrEqual(BYTES)
        })
        const done = Promise.all(all)
        let isDone = false
        void done.then(() => (isDone = true))
        while (!isDone) {
          await new Promise((resolve) => setImmediate(resolve))
          const place = Number(picks.next().value) % Math.max(1, inside.length)
          inside.splice(place, 1)[0]?.leave()
        }
        await done
        const stayed = questions.filter(({ leaves }) => !leaves).length
        expect(entered).toBeGreaterThanOrEqual(stayed)
      }),
    )
  })

  it('lets light questions in while heavy ones fill their share', async () => {
    const door = new Admission(BYTES)
    await door.enter(BYTES, never)
    const waits = door.enter(BYTES, never)
    const leave = await door.enter(BYTES / 10, never)
    leave()
    await expect(Promise.race([waits, Promise.resolve('still waiting')])).resolves.toBe('still waiting')
  })

  it('refuses whoever comes to a full line', async () => {
    const door = new Admission(BYTES)
    const leave = await door.enter(BYTES, never)
    const line = Array.from({ length: MOST_WAITING }, () => door.enter(BYTES, never))
    await expect(door.enter(BYTES, never)).rejects.toThrow(BusyError)
    leave()
    for (const next of line) (await next)()
  })

  it('gives back room once, however often it is told', async () => {
    const door = new Admission(BYTES)
    const leave = await door.enter(BYTES, never)
    leave()
    leave()
    await door.enter(BYTES, never)
    const second = door.enter(BYTES, never)
    await expect(Promise.race([second, Promise.resolve('waits')])).resolves.toBe('waits')
  })
})
