import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FIELDS } from './fields.ts'

const file = join(import.meta.dirname, '../../../plugin/src/locales/collector-zh-Hans.json')
const chinese = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>

it('the plugin knows the meaning of each field in Chinese, and of none that is not', () => {
  const translated = Object.keys(chinese).filter((id) => id.startsWith('field.'))
  expect(translated.toSorted()).toEqual(FIELDS.map(({ name }) => `field.${name}`).toSorted())
})
