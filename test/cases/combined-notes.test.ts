import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Situation } from '../support/situation.ts'

const RULES = join(import.meta.dirname, 'files/combined-rules.yaml')
const PREFIX = '(combined from similar events): '

it('an own rule holds for an event whose reporter combined it with others, as the catalogue does', async () => {
  await using situation = await Situation.of('combined-notes', { rules: { files: [RULES] } })
  const rows = await situation.query('*')
  const judged = (isCombined: boolean) =>
    rows
      .filter(({ note }) => note.startsWith(PREFIX) === isCombined)
      .map(({ reason, rule, category, severity, metadata, owner }) => ({
        reason,
        rule,
        category,
        severity,
        metadata,
        owner,
      }))
  expect(judged(true)).toEqual(judged(false))
  const [deleted] = await situation.query('reason:SuccessfulDelete AND note:combined')
  expect(deleted).toMatchObject({
    rule: 'csi pods go away',
    severity: 'medium',
    metadata: { victim: 'csi-node-tm7z9' },
  })
  expect(deleted?.note.startsWith(PREFIX)).toBe(true)
})

it('an own filter holds for both spellings', async () => {
  await using situation = await Situation.of('combined-notes', { rules: { files: [RULES] } })
  expect(await situation.query('reason:FailedCreate')).toEqual([])
  expect(await situation.get('accounts')).toMatchObject({ filtered: { 'no quota noise': 2 }, balanced: true })
})
