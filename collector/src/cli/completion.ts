import type { Command } from 'commander'
import { refuse } from './failures.ts'
import { readArguments } from './flags.ts'
import type { Context } from './context.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function addCompletionCommand(program: Command, { output }: Context): void {
  const command = program
    .command('completion')
    .argument('[shell]', 'bash, zsh or fish')
    .summary('completion for bash, zsh or fish')
    .description('Prints a script that completes commands and flags.')
  command.addHelpText('after', `
Examples:
  eventloom completion bash > /etc/bash_completion.d/eventloom
  eventloom completion zsh > "\${fpath[1]}/_eventloom"
  eventloom completion fish > ~/.config/fish/completions/eventloom.fish`) // prettier-ignore
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    const shell = SHELLS.find((each) => each === words[0])
    const wrong = shell === undefined ? [`SHELL: "${words[0] ?? ''}" is not one of ${SHELLS.join(', ')}.`] : []
    refuse([...problems, ...wrong])
    if (shell !== undefined) await output.write(completionScript(program, shell))
  })
}

/** Words after each command: its subcommands and flags. */
interface Choices {
  readonly path: string
  readonly words: readonly { readonly word: string; readonly help: string }[]
}

export function completionScript(program: Command, shell: Shell): string {
  const choices = choicesOf(program, '')
  if (shell === 'fish') return fish(choices)
  const variable = shell === 'bash' ? 'words' : 'choices'
  const cases = choices.map(({ path, words }) => `    '${path}') ${variable}='${words.map(({ word }) => word).join(' ')}' ;;`) // prettier-ignore
  return shell === 'bash' ? bash(cases) : zsh(cases)
}

function choicesOf(command: Command, path: string): readonly Choices[] {
  const subcommands = command.commands.map((each) => ({
    word: each.name(),
    help: each.summary() || each.description(),
  }))
  const flags = command.options.map(({ long, description }) => ({ word: long ?? '', help: description }))
  const below = command.commands.flatMap((each) => choicesOf(each, `${path} ${each.name()}`.trim()))
  return [{ path, words: [...subcommands, ...flags, { word: '--help', help: 'help' }] }, ...below]
}

function bash(cases: readonly string[]): string {
  return `# Completion of eventloom for bash.
_eventloom() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) [ "$(wc -w <<<"$path")" -lt 2 ] && path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases.join('\n')}
    *) case "\${path%% *}" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -eq 0 ] && COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _eventloom eventloom
`
}

function zsh(cases: readonly string[]): string {
  return `#compdef eventloom
# Completion of eventloom for zsh.
_eventloom() {
  local typed='' choices='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] || typed="\${typed:+$typed }$word"
  done
  case "$typed" in
${cases.join('\n')}
    *) case "\${typed%% *}" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac ;;
  esac
  compadd -- \${(s: :)choices}
  [[ -z "$choices" ]] && _files
}
compdef _eventloom eventloom
`
}

function fish(choices: readonly Choices[]): string {
  const lines = choices.flatMap(({ path, words }) => {
    const seen = path.split(' ').filter((word) => word !== '')
    const condition = seen.length === 0 ? '__fish_use_subcommand' : seen.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ') // prettier-ignore
    return words.map(({ word, help }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`
      return `complete -c eventloom -n '${condition}' ${what} -d '${help.replaceAll("'", '’')}'`
    })
  })
  return `# Completion of eventloom for fish.\n${lines.join('\n')}\n`
}
