import type { Command } from 'commander'
import { openAnswers } from './answers.ts'
import { readTyped, wantedAfter, type Candidate } from './candidates.ts'
import type { Context } from './context.ts'
import { loadConfig } from './load-config.ts'
import { oneLine } from './text.ts'

/** Nobody waits longer for a word. */
const LONGEST_MS = 2_000

/** Most values of the store that are offered. */
const MOST_VALUES = 200

/** What the scripts of `completion` call: prints the words that may stand last, each with a tab and what it does. `:files` stands for names of files. */
export function addCompleteCommand(program: Command, context: Context): void {
  const command = program.command('complete', { hidden: true }).argument('[word...]')
  command.action(async (typed: readonly string[] = []) => {
    const current = typed.at(-1) ?? ''
    const line = readTyped(program, typed.slice(0, -1))
    const wanted = wantedAfter(line, current)
    if (wanted.kind === 'files') return context.output.line(':files')
    // Nothing is said of a store that cannot be asked: whoever types is in the middle of a line.
    const candidates =
      wanted.kind === 'words' ? wanted.candidates : await stored(wanted, current, line.given, context).catch(() => [])
    // Of a list only its last part is typed; the others stay.
    const before = current.slice(0, current.lastIndexOf(',') + 1)
    for (const { word, help } of candidates) {
      const whole = oneLine(before + word)
      if (whole.startsWith(current)) await context.output.line(help === '' ? whole : `${whole}\t${oneLine(help)}`)
    }
  })
}

async function stored(
  wanted: { readonly kind: 'values'; readonly field: string } | { readonly kind: 'correlations' },
  current: string,
  given: Readonly<Record<string, string>>,
  { actions, terminal }: Context,
): Promise<readonly Candidate[]> {
  const config = await loadConfig(given, terminal)
  const where = { url: given['url'] ?? null, tokenFile: given['token-file'] ?? null, config }
  const answers = await openAnswers(where, actions, terminal)
  const signal = AbortSignal.any([terminal.signal, AbortSignal.timeout(LONGEST_MS)])
  try {
    if (wanted.kind === 'correlations') {
      const { correlations } = (await answers.ask('correlations', { path: {}, parameters: {} }, signal)) as Groups
      return correlations.toReversed().map(({ id, title = '' }) => ({ word: id, help: title }))
    }
    const parameters = { prefix: current.slice(current.lastIndexOf(',') + 1), limit: MOST_VALUES }
    const { values } = (await answers.ask('values', { path: { name: wanted.field }, parameters }, signal)) as Values
    return values.map(({ value }) => ({ word: value, help: '' }))
  } finally {
    await answers.close()
  }
}

interface Groups {
  readonly correlations: readonly { readonly id: string; readonly title?: string }[]
}

interface Values {
  readonly values: readonly { readonly value: string }[]
}
