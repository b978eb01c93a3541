import { spawnSync } from 'node:child_process'

/** What a shell offers, as it does when somebody presses Tab behind these words. The last word is the one that is typed. */
export type Complete = (words: readonly string[]) => readonly string[]

interface ShellSetup {
  /** A folder with the program `eventloom`. */
  readonly bin: string
  /** What `eventloom completion SHELL` printed, in a file. */
  readonly script: string
}

/** Each shell is asked in its own way. */
export const COMPLETIONS = { bash: inBash, zsh: inZsh, fish: inFish } as const satisfies Record<string, (setup: ShellSetup) => Complete> // prettier-ignore

export function hasShell(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0
}

function inBash({ bin, script }: ShellSetup): Complete {
  return (words) => {
    const typed = words.map(quoted).join(' ')
    const ask = `source ${quoted(script)}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length - 1}; _eventloom; printf '%s\\n' "\${COMPREPLY[@]}"`
    return lines(run('bash', ['--norc', '-c', ask], bin))
  }
}

/** Its line editor, in a terminal of its own (zpty): what stands on the line after Tab, where one word only may stand. */
function inZsh({ bin, script }: ShellSetup): Complete {
  return (words) => {
    const line = words.join(' ')
    const setUp = `PS1=; autoload -Uz compinit; compinit -u -D; source ${script}; show() { print; print -r -- "LI""NE:$BUFFER:END" }; zle -N show; bindkey "^X" show; print "REA""DY:"`
    const ask = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z ${quoted(setUp)}; zpty -r z said '*READY:*'
zpty -n -w z $'${line}\t\x18'; zpty -r z said '*LINE:*:END*'; print -r -- \${said}`.replace('\\$', '$')
    const [, after = line] = /LINE:(.*?) ?:END/.exec(run('zsh', ['-f', '-c', ask], bin)) ?? []
    return after === line ? [] : [after.split(' ').at(-1) ?? '']
  }
}

function inFish({ bin, script }: ShellSetup): Complete {
  return (words) => {
    const ask = `source ${quoted(script)}; complete -C ${quoted(words.join(' '))}`
    // What a word does stands behind a tab.
    return lines(run('fish', ['--no-config', '-c', ask], bin)).map((line) => line.split('\t')[0] ?? '')
  }
}

function run(shell: string, args: readonly string[], bin: string): string {
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: bin, TERM: 'dumb' }
  const { stdout, stderr, status } = spawnSync(shell, [...args], { env, cwd: bin, encoding: 'utf8', timeout: 60_000 })
  if (status !== 0) throw new Error(`${shell} ended with ${String(status)}: ${stderr}`)
  return stdout
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
