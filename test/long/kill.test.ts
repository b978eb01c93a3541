import { expect, it } from 'vitest'
import { killSeries } from '../support/kill-series.ts'

it('loses nothing, doubles nothing and balances over 30 kills under load on a real API server', async () => {
  const { lost, doubled, isBalanced, stored, accounts } = await killSeries(30, 200)
  expect({ lost, doubled, isBalanced }).toEqual({ lost: [], doubled: [], isBalanced: true })
  expect(stored).toBe(accounts.stored)
  expect(stored).toBeGreaterThan(1_000)
})
