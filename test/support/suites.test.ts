import { expect, it } from 'vitest'
import { exitCodeOf, skippedOf } from './suites.ts'

it.each([
  [{ passed: 3, failed: 0, skipped: 0 }, true, 0],
  [{ passed: 3, failed: 1, skipped: 0 }, false, 1],
  [{ passed: 0, failed: 0, skipped: 0 }, false, 1],
  [{ passed: 3, failed: 0, skipped: 1 }, false, 0],
  [{ passed: 3, failed: 0, skipped: 1 }, true, 1],
])('%j ends (CI: %s) with %i', (counts, isCi, code) => {
  expect(exitCodeOf(counts, isCi)).toBe(code)
})

it('a test that was not run is named with its file, however it was left out', () => {
  const name = `${process.cwd()}/test/a.test.ts`
  const statuses = ['passed', 'failed', 'skipped', 'pending', 'todo']
  const assertionResults = statuses.map((status) => ({ fullName: `is ${status}`, status }))
  const left = ['is skipped', 'is pending', 'is todo'].map((fullName) => `test/a.test.ts: ${fullName}`)
  expect(skippedOf({ testResults: [{ name, assertionResults }] })).toEqual(left)
})
