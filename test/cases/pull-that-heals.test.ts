import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

it('a pull that a rate limit refused is over when it worked; a missing tag and a crash are open', async () => {
  await using situation = await Situation.of('failing-pulls')
  const [at, all] = ['2026-05-11T12:02:10Z', true] as const
  const states = async (time: string) => {
    const problems = await situation.problems(time, all)
    return Object.fromEntries(
      ['api', 'report', 'worker'].map((name) => [
        name,
        [...new Set(problems.filter(({ workload }) => workload.name === name).map(({ state }) => state))],
      ]),
    )
  }
  expect(await states(at)).toEqual({ api: ['open'], report: ['over'], worker: ['open'] })
  expect((await states('2026-05-11T12:00:20Z'))['report']).toEqual(['open'])
  const report = (await situation.problems(at, all)).filter(({ workload }) => workload.name === 'report')
  expect(report.map(({ endedBy }) => endedBy?.how)).toEqual(report.map(() => 'cleared'))
})
