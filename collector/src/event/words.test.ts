import { expect, it } from 'vitest'
import { isProblem } from './words.ts'

it.each([
  ['Warning', 'low', true],
  ['Error', 'low', true],
  ['Normal', 'low', false],
  ['Warning', 'info', false],
  ['Normal', 'medium', true],
])('an event of type %s and severity %s is trouble: %s', (type, severity, expected) => {
  expect(isProblem({ type, severity })).toBe(expected)
})
