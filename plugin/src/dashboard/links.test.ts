import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dashboardLinks } from './links'

it('leads to every dashboard of the plugin, in the same range', () => {
  const [link] = dashboardLinks()
  expect(link).toMatchObject({ type: 'dashboards', keepTime: true })
  const files = globSync(join(__dirname, '..', 'dashboards', '*.json'))
  expect(files).toHaveLength(7)
  for (const file of files) {
    const { tags } = JSON.parse(readFileSync(file, 'utf8')) as { tags: string[] }
    expect(tags).toEqual(expect.arrayContaining(link?.tags ?? []))
  }
})
