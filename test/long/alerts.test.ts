import { expect, it } from 'vitest'
import { killBetweenChangeAndMessage } from '../support/alert-kills.ts'

it('tells each alert and its end once over 30 kills between change and message', async () => {
  const { direct, behind, workloads } = await killBetweenChangeAndMessage(30)
  for (const heard of [direct, behind]) {
    const counts = workloads.map((name) => [heard.get(name)?.firing.length, heard.get(name)?.resolved.length])
    expect(counts).toEqual(workloads.map(() => [1, 1]))
  }
})
