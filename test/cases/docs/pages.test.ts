import { existsSync, readdirSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../../collector/src/config/config.ts'
import { DAY } from '../../../collector/src/clock.ts'
import { CATEGORIES, SEVERITIES } from '../../../collector/src/event/words.ts'
import { PAGES, ROOT, textOf } from '../../support/doc-commands.ts'

const LINK = /\]\(([^)\s]+)\)/g
const isHere = (target: string) => !/^(https?:|mailto:|<)/.test(target)

/** Links and pictures of a page: its place, the file from the root, the heading in it. */
function linksOf(page: string) {
  const text = textOf(page).replaceAll(/```.*?```|`[^`\n]*`/gs, '')
  return [...text.matchAll(LINK)].flatMap(([, target = '']) => {
    if (!isHere(target)) return []
    const [path = '', heading = ''] = target.split('#')
    return [{ page, target, heading, file: path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path)) }]
  })
}

/** A heading as pages on GitHub name it. */
function anchorsOf(page: string): readonly string[] {
  const headings = [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => text)
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}

describe('the pages', () => {
  const links = PAGES.flatMap(linksOf)

  it('link to what is there', () => {
    const dead = links.filter(
      ({ file, heading }) => !existsSync(join(ROOT, file)) || (heading !== '' && !anchorsOf(file).includes(heading)),
    )
    expect(dead.map(({ page, target }) => `${page}: ${target}`)).toEqual([])
  })

  it('are all in docs/README.md', () => {
    const listed = new Set(linksOf('docs/README.md').map(({ file }) => file))
    expect(PAGES.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !listed.has(page))).toEqual(
      [],
    )
  })

  it('show every picture', () => {
    const shown = new Set(links.map(({ file }) => file))
    const pictures = readdirSync(join(ROOT, 'docs/images')).map((name) => `docs/images/${name}`)
    expect(pictures.filter((picture) => !shown.has(picture))).toEqual([])
  })
})

describe('docs/severities.md', () => {
  const rows = (column: number) =>
    [...textOf('docs/severities.md').matchAll(/^\| `.*$/gm)].map(([row]) => row.split(' | ')[column] ?? '')

  it('has every severity and category, in their order', () => {
    expect(rows(0)).toEqual([...SEVERITIES, ...CATEGORIES].map((word) => `| \`${word}\``))
  })

  it('says how long each severity is kept', () => {
    const { classes } = defaultConfig().retention
    const days = SEVERITIES.map((severity) => (classes.find(({ name }) => name === severity)?.maxAge ?? 0) / DAY)
    const said = days.map((count) => (count === 365 ? 'a year |' : `${count} days |`))
    expect(rows(3).slice(0, SEVERITIES.length)).toEqual(said)
  })
})
