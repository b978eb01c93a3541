import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { badDay } from '../support/bad-day.ts'
import { until } from '../support/collector-process.ts'

const TWO_YEARS_MS = 730 * 86_400_000

const SHIFT = {
  NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, '..', 'support', 'shift-clock.ts')).href}`,
  SHIFT_CLOCK_MS: String(TWO_YEARS_MS),
}

interface Answer {
  readonly notices: readonly { readonly text: string }[]
}

describe('a machine whose clock is two years ahead', () => {
  const day = badDay()

  it('removes nothing for its age, takes what happens, and says what is wrong until the clock is right', async () => {
    day.createSome(20)
    await day.start()
    await day.caughtUp()
    await day.collector?.stop()

    day.createSome(5)
    const wrong = await day.start({ environment: SHIFT, config: { log: { level: 'debug' } } })
    const says = (words: string) =>
      until(
        async () => wrong.output().includes(words),
        90_000,
        () => wrong.output(),
      )
    await says('retention has looked')
    expect((await day.caughtUp()).observations).toHaveLength(25)
    expect((await day.accounts()).filtered).toEqual({})
    await says('730 days ahead of that of the API server')
    const ready = await fetch(`${wrong.url}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([200, expect.stringContaining('730 days ahead')])
    const { notices } = await wrong.get<Answer>('/api/v1/events?from=now-1h')
    expect(notices.map(({ text }) => text).join()).toContain('730 days ahead')
    await wrong.stop()

    const right = await day.start()
    expect((await day.caughtUp()).observations).toHaveLength(25)
    expect(await (await fetch(`${right.url}/readyz`)).text()).not.toContain('clock')
  })
})
