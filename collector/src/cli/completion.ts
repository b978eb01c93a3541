import type { Command } from 'commander'
import { SHELLS } from './candidates.ts'
import type { Context } from './context.ts'
import { refuse } from './failures.ts'
import { readArguments } from './flags.ts'

type Shell = (typeof SHELLS)[number]

export function addCompletionCommand(program: Command, { output }: Context): void {
  const command = program
    .command('completion')
    .argument('[shell]', 'bash, zsh or fish')
    .summary('completion for bash, zsh or fish')
    .description('Prints a script that completes commands, flags, and values: those of the store as well.')
  command.addHelpText(
    'after',
    `
Examples:
  eventloom completion bash > /etc/bash_completion.d/eventloom
  eventloom completion zsh > "\${fpath[1]}/_eventloom"
  eventloom completion fish > ~/.config/fish/completions/eventloom.fish`,
  )
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    const shell = SHELLS.find((each) => each === words[0])
    const wrong = shell === undefined ? [`SHELL: "${words[0] ?? ''}" is not one of ${SHELLS.join(', ')}.`] : []
    refuse([...problems, ...wrong])
    if (shell !== undefined) await output.write(SCRIPTS[shell])
  })
}

/** Each asks `eventloom complete` for the words that may stand where one types. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# Completion of eventloom for bash.
_eventloom() {
  local word help current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS=$'\\t' read -r word help; do
    case "$word" in
      :files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
      *) word=$(printf '%q' "$word"); COMPREPLY+=("\${word//\\\\,/,}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _eventloom eventloom
`,
  zsh: `#compdef eventloom
# Completion of eventloom for zsh.
_eventloom() {
  local word help files=0
  local -a found
  while IFS=$'\\t' read -r word help; do
    if [[ "$word" == ':files' ]]; then files=1; else found+=("\${word//:/\\\\:}\${help:+:$help}"); fi
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( files )); then _files; else _describe -t words eventloom found; fi
}
if [[ "\${funcstack[1]}" == _eventloom ]]; then _eventloom "$@"; else compdef _eventloom eventloom; fi
`,
  fish: `# Completion of eventloom for fish.
function __eventloom_complete
  set -l typed (commandline -opc)
  set -l current (commandline -ct)
  for line in ($typed[1] complete -- $typed[2..] "$current" 2>/dev/null)
    if test "$line" = ':files'
      __fish_complete_path "$current"
    else
      echo $line
    end
  end
end
complete -c eventloom -f -k -a '(__eventloom_complete)'
`,
}
