import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReader, type OpenReader } from '../../../collector/src/run/read.ts'
import type { CommandResult } from '../../support/cli.ts'
import { commandLine } from '../../support/command-line.ts'
import { commandsOf, PAGES, ROOT, strayCommands, textOf, wordsOf, type DocCommand } from '../../support/doc-commands.ts'

const REPLAY = 'replay collector/recordings/shop.jsonl.gz'
/** As wide as the narrowest terminal that people have. */
const COLUMNS = 80

/** Why a command does not run here. */
const CANNOT_RUN: readonly (readonly [why: string, command: RegExp])[] = [
  ['needs Docker', /^docker |docker compose/],
  ['needs a cluster', /kubectl|eventloom record/],
  ['asks a collector that runs', /^eventloom silences /],
  ['runs until it is stopped', /^npm (-s )?start|^eventloom run|^eventloom events -w/],
  [
    'is another suite, or needs the network',
    /^npm (test|run|install|--prefix|ci)|^(sudo )?npm ci|^npx |^GRAFANA_URL=|^ELASTIC/,
  ],
  ['needs a server that runs', /^(curl|role=)|^eventloom .*--url/],
  [
    'needs or makes a file of yours',
    /^eventloom (replay|config|rules) |^eventloom (export|report) .*>|--data \/backup|^unzip /,
  ],
  ['needs a browser', /^chromium /],
  ['changes the machine', /^(sudo (mkdir|cp)|systemctl|cp|cd) /],
]
/** What prepares a shell, and is done here in another way. */
const PREPARES = /^(alias eventloom=|export EVENTLOOM_DATA=)/

const commands = PAGES.flatMap(commandsOf)
const here = commands.filter(({ isLeftOut, text }) => !isLeftOut && !PREPARES.test(text))
const where = ({ page, line, text }: DocCommand) => `${page}:${line} ${text}`

let data = ''
let replayed: CommandResult
/** Opened once for all commands. */
let opened: Promise<OpenReader> | null = null

beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-docs-'))
  replayed = await run(REPLAY.split(' '))
})
afterAll(async () => {
  await (await opened)?.close()
  rmSync(data, { recursive: true, force: true })
})

const open: typeof openReader = async (...how) => ({
  ...(await (opened ??= openReader(...how))),
  close: async () => {},
})
const run = (words: readonly string[]) =>
  commandLine(words, '', { columns: COLUMNS, environment: { EVENTLOOM_DATA: data, NO_COLOR: '1' }, open })

describe('the commands in README and docs', () => {
  const pages = PAGES.filter((page) => here.some((command) => command.page === page))

  it.each(pages)('of %s print what it shows (vitest -u writes it)', async (page) => {
    let text = textOf(page)
    for (const command of here.filter((each) => each.page === page)) {
      const [program, ...words] = wordsOf(command.text)
      expect(program, where(command)).toBe('eventloom')
      const { code, stdout, stderr } = words.join(' ') === REPLAY ? replayed : await run(words)
      expect([where(command), code, stderr]).toEqual([where(command), 0, code === 0 ? stderr : ''])
      if (command.printed !== null) text = text.replace(command.raw, () => rawWith(command, stdout))
    }
    await expect(text).toMatchFileSnapshot(join(ROOT, page))
  })

  it('of README start with the screen that it shows', async () => {
    const shown = commands.find(({ text }) => text === 'npm -s start')?.printed ?? ''
    const data = mkdtempSync(join(tmpdir(), 'eventloom-docs-'))
    const environment = { EVENTLOOM_DATA: data, EVENTLOOM_API_PORT: '0', KUBECONFIG: join(data, 'none'), NO_COLOR: '1' }
    const { stdout } = await commandLine(['run', '--play-when-unreachable'], '', {
      columns: COLUMNS,
      environment,
      stopAt: 'Watching.',
    })
    rmSync(data, { recursive: true, force: true })
    expect(ageless(stdout.replace(data, 'data').replace(/Stopped\..*/s, ''))).toBe(ageless(shown))
  })

  it('are left out only where they cannot run here', () => {
    const left = commands.filter(({ isLeftOut }) => isLeftOut)
    expect(left.filter(({ text }) => !CANNOT_RUN.some(([, command]) => command.test(text))).map(where)).toEqual([])
  })

  it('stand in blocks that say whether they run', () => {
    const stray = PAGES.filter((page) => page !== 'docs/cli.md').flatMap((page) =>
      strayCommands(page).map((text) => `${page} ${text}`),
    )
    expect(stray).toEqual([])
  })
})

/** The command with what it prints now; how long it took is no difference. A line `…` stands for the rest. */
function rawWith({ raw, printed }: DocCommand, output: string): string {
  const shown = (printed ?? '').trimEnd().split('\n')
  const text = output.trimEnd()
  const now = shown.at(-1) === '…' ? [...text.split('\n').slice(0, shown.length - 1), '…'].join('\n') : text
  if (timeless(now) === timeless(shown.join('\n'))) return raw
  return raw.slice(0, raw.length - (printed ?? '').length) + now + (/\n*$/.exec(raw)?.[0] ?? '')
}

function timeless(text: string): string {
  return text.replaceAll(/\b\d+\.\ds$/gm, '#s')
}

/** Without what differs from one start to the next: times, ids of incidents (they come of uids), ports. */
function ageless(text: string): string {
  const known = text.replaceAll(/i-[\w-]{12}/g, 'i-#').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:#')
  return known
    .replaceAll(/\b(now|\d+[smh] ago|\d+[smh]|\d+\.\ds)(?!\w)/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
