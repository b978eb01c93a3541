import { expect, it } from 'vitest'
import { killBetweenChangeAndMessage } from '../support/alert-kills.ts'

it('tells each alert and its end once, to a webhook by key and behind Alertmanager by message, over kills in between', async () => {
  const { direct, behind, workloads } = await killBetweenChangeAndMessage(4)
  const counts = (heard: typeof direct) =>
    workloads.map((name) => [heard.get(name)?.firing.length, heard.get(name)?.resolved.length])
  expect(counts(direct)).toEqual(workloads.map(() => [1, 1]))
  expect(counts(behind)).toEqual(workloads.map(() => [1, 1]))
}, 600_000)
