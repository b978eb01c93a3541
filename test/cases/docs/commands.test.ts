import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CommandResult } from '../../support/cli.ts'
import { commandLine } from '../../support/command-line.ts'
import { commandsOf, PAGES, strayCommands, wordsOf, type DocCommand } from '../../support/doc-commands.ts'

const REPLAY = 'replay collector/recordings/shop.jsonl.gz'
/** As wide as the narrowest terminal that people have. */
const COLUMNS = 80

/** Why a command does not run here. */
const CANNOT_RUN: readonly (readonly [why: string, command: RegExp])[] = [
  ['needs Docker', /^docker |docker compose/],
  ['needs a cluster', /kubectl|eventloom record/],
  ['runs until it is stopped', /^npm start|^eventloom run|^eventloom events -w/],
  ['is another suite, or needs the network', /^npm (test|run|install|--prefix|ci)|^npx |^GRAFANA_URL=|^ELASTIC/],
  ['needs a server that runs', /^(curl|role=|psql)|eventloom (migrate|elasticsearch|status)/],
  ['needs a file of yours', /^eventloom replay |^eventloom (config|rules) |^unzip |^node |^git /],
  ['changes the machine', /^(sudo|systemctl|cp|mv|tar|mkdir|install|useradd|chmod|head|sh) |^eventloom dead-letters/],
]
/** What prepares a shell, and is done here in another way. */
const PREPARES = /^(alias eventloom=|export EVENTLOOM_DATA=)/

const commands = PAGES.flatMap(commandsOf)
const here = commands.filter(({ isLeftOut, text }) => !isLeftOut && !PREPARES.test(text))
const where = ({ page, line, text }: DocCommand) => `${page}:${line} ${text}`

let data = ''
let replayed: CommandResult

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-docs-'))
  replayed = await run(REPLAY.split(' '))
})
afterAll(() => rmSync(data, { recursive: true, force: true }))

const run = (words: readonly string[]) =>
  commandLine(words, '', { columns: COLUMNS, environment: { EVENTLOOM_DATA: data, NO_COLOR: '1' } })

describe('the commands in README and docs', () => {
  it.each(here.map((command) => [where(command), command] as const))('%s', async (_where, { text, printed }) => {
    const [program, ...words] = wordsOf(text.replace(/^npm run -s eventloom -- /, 'eventloom '))
    expect(program).toBe('eventloom')
    const { code, stdout, stderr } = words.join(' ') === REPLAY ? replayed : await run(words)
    expect([code, stderr]).toEqual([0, code === 0 ? stderr : ''])
    if (printed !== null) expect(shownOf(stdout, printed)).toBe(comparable(printed))
  })

  it('are left out only where they cannot run here', () => {
    const left = commands.filter(({ isLeftOut }) => isLeftOut)
    expect(left.filter(({ text }) => !CANNOT_RUN.some(([, command]) => command.test(text))).map(where)).toEqual([])
  })

  it('stand in blocks that say whether they run', () => {
    const stray = PAGES.filter((page) => page !== 'docs/cli.md').flatMap((page) => strayCommands(page).map((text) => `${page} ${text}`)) // prettier-ignore
    expect(stray).toEqual([])
  })
})

/** How long it took differs each time. A line `…` stands for the rest. */
function comparable(text: string): string {
  return text.trimEnd().replaceAll(/\b\d+\.\ds$/gm, '#s')
}

function shownOf(output: string, printed: string): string {
  const text = comparable(output)
  const shown = printed.trimEnd().split('\n')
  return shown.at(-1) === '…' ? [...text.split('\n').slice(0, shown.length - 1), '…'].join('\n') : text
}
