import { CommanderError, type Command } from 'commander'
import type { Actions } from './actions.ts'
import { describeFailure, INTERRUPTED, type Failure } from './failures.ts'
import { allCommands, fullName } from './command-tree.ts'
import { markQueries } from './flags.ts'
import { createProgram } from './program.ts'
import { Output, OutputClosedError, type Terminal } from './terminal.ts'
import { cleanLines } from './text.ts'

export type { Actions } from './actions.ts'
export { EXIT_CODES } from './failures.ts'
export { Output, type Terminal } from './terminal.ts'

/**
 * Runs one command line, for example `['query', 'reason:BackOff', '--from', '-1h']`. Never throws and never ends the
 * process: it says on standard error what went wrong.
 *
 * @returns the exit code, see {@link EXIT_CODES}; 0 when the reader of standard output has left.
 */
export async function runCommandLine(words: readonly string[], actions: Actions, terminal: Terminal): Promise<number> {
  const output = new Output(terminal.stdout)
  const errors = new Output(terminal.stderr)
  let exitCode = 0
  const program = createProgram({ actions, terminal, output, errors, exit: (code) => (exitCode = code) })
  const help: string[] = []
  for (const command of allCommands(program)) {
    command.configureOutput({ writeOut: (text) => void help.push(text), writeErr: (text) => void help.push(text) })
  }
  try {
    await program.parseAsync([...markQueries(words)], { from: 'user' })
    await output.flush()
    return exitCode
  } catch (error) {
    if (error instanceof OutputClosedError) return 0
    if (error instanceof CommanderError) return endOfParsing(error, help.join(''), words, { output, errors })
    if (terminal.signal.aborted) return INTERRUPTED
    const failure = describeFailure(error, nameOf(program, words))
    await errors.line(failureText(failure, words)).catch(() => undefined)
    return failure.exitCode
  }
}

/** Help and version are answers; everything else that commander says is a mistake in the command line. */
async function endOfParsing(
  { exitCode, message, code }: CommanderError,
  said: string,
  words: readonly string[],
  { output, errors }: { readonly output: Output; readonly errors: Output },
): Promise<number> {
  try {
    if (exitCode === 0) await output.write(said)
    else if (code === 'commander.help') await errors.write(said)
    else {
      const failure = { problems: [message.replace(/^error: /, '')], hint: 'Try: eventloom --help', exitCode: 2 }
      await errors.line(failureText(failure, words))
    }
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error
  }
  return exitCode === 0 ? 0 : 2
}

/** A failure as people read it, or as JSON on one line for who asked for JSON. */
function failureText({ problems, hint, exitCode }: Failure, words: readonly string[]): string {
  if (
    words.some(
      (word, index) =>
        word === '--json' ||
        /^(-o|--output)=?json$/.test(word) ||
        (word === 'json' && /^(-o|--output)$/.test(words[index - 1] ?? '')),
    )
  ) {
    // prettier-ignore
    return JSON.stringify({ error: { exitCode, problems } })
  }
  return cleanLines([...problems, ...(hint === null ? [] : [hint])].join('\n'))
}

/** The command that a line runs, for messages: `query`, `rules check`. */
function nameOf(program: Command, words: readonly string[]): string {
  let command: Command = program
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word || each.aliases().includes(word))
    if (next === undefined) break
    command = next
  }
  return fullName(command).replace(/^eventloom ?/, '')
}
