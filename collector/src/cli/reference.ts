import type { Command } from 'commander'
import { EXIT_CODES } from './failures.ts'
import { allCommands, fullName } from './command-tree.ts'

const HEAD = `# The command line

From a clone: \`npm run -s eventloom -- COMMAND\`. Installed: \`eventloom COMMAND\`. Every command has \`--help\` with examples.

**Where readers look.** \`--url URL\` asks a running collector. Otherwise they read the data directory (\`--data\`): while a
collector has it, they ask that collector (\`collector.json\` in it says where it is), else they open the files. Both give the
same answers. A token goes to that collector only when it is a process of the same user that has the directory open and listens on
a loopback address; any other collector is asked with \`--url\` and \`--token-file\`.

**What is printed.** On a terminal: aligned tables as wide as it is, relative times, colours (none with \`--no-color\` or
\`NO_COLOR\`). Where it is narrow, the trend goes first, names are cut in their middle and notes at their end; a reason never is. On a
pipe: one plain line for each row, no title, nothing cut, exact times. Lists end with the newest. \`×42\` is a count, \`≥42\` a count
that may be too low. Notices (data is missing, a limit hides rows) go to standard error. What would steer the terminal in texts of
other people is shown: \`␛\` for ESC, \`<U+202E>\` for a mark that turns the direction of writing.

**For programs.** \`-o json\` (or \`--json\`) and \`-o yaml\` print the answer of the API, the same shape for every list:
\`{ problems: […], total, returned, cursor, notices }\`, each entry on a line of its own. \`total\` is null where nobody counted what is
beyond the limit. Times are RFC 3339, lengths of time have their unit (\`15m\`, \`periodSeconds\`); of the metrics of \`aggregate\`, gaps are
seconds and a rate is for a minute. Then a failure is one line of JSON on standard error: \`{ "error": { "exitCode": 2, "problems": […] } }\`.

**As with kubectl.** \`-n NAMESPACE\` (several with commas), \`-A\` (what is looked at without \`-n\`), \`-l app=shop,tier!=db\` (labels of the
object where they are known, else of the event), \`-o json|yaml|wide\`, \`events -w\`. \`events\` is the command; \`query\` is its old name and
does the same.

**Completion** of commands, flags and values (severities, reasons and namespaces of your store …): \`eventloom completion bash\`, \`zsh\` or
\`fish\`.

**Times** are RFC 3339, a date, \`now\`, or relative: \`-1h\`, \`now-7d\`. \`--to\` is not included.

**Mistakes** are told all at once: what, where, and what to write instead. Then nothing was done.

**A query that begins with a minus** (\`-reason:Pulled\`) may stand where any query stands; \`--\` before it helps where a shell
or script is in doubt.

## Exit codes

| code | meaning |
|---|---|
${Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `| ${code} | ${meaning} |`)
  .join('\n')}

When the reader of standard output leaves (\`| head\`), the command ends with 0 and without a word.

<!-- Everything below is made from the code. \`npx vitest run --project unit collector/src/cli -u\` writes it again. -->
`

/** The page docs/cli.md. */
export function cliReference(program: Command): string {
  const leaves = allCommands(program).filter((each) => each.commands.length === 0 && each.name() !== 'complete')
  return HEAD + leaves.map(section).join('')
}

function section(command: Command): string {
  const flags = command.options.map(
    ({ flags: name, description }) => `| \`${name}\` | ${description.replaceAll('|', '\\|')} |`,
  )
  const words = command.registeredArguments.map((each) => `\`${each.name()}\`: ${each.description}.`)
  const table = flags.length === 0 ? '' : `\n| flag | what it does |\n|---|---|\n${flags.join('\n')}\n`
  return `\n## ${fullName(command)}\n\n${command.description()}${words.length === 0 ? '' : ` ${words.join(' ')}`}\n${table}`
}
