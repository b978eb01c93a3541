import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What the registry knows against the packages that are delivered. */
export interface Findings {
  /** A registry that cannot be asked is no finding. */
  readonly isAnswered: boolean
  readonly isClean: boolean
  readonly text: string
}

const ROOT = join(import.meta.dirname, '..', '..')

/** Asks `npm audit` about the packages of the collector and of the plugin's front end, those for development left out. */
export function knownVulnerabilities(folders: readonly string[] = [ROOT, join(ROOT, 'plugin')]): Findings {
  const answers = folders.map((cwd) => {
    const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--package-lock-only', '--json'], { cwd, encoding: 'utf8', timeout: 120_000 }) // prettier-ignore
    return read(stdout)
  })
  if (answers.includes(null)) return { isAnswered: false, isClean: false, text: 'Not checked: the registry answers no questions about vulnerabilities (npm audit).' } // prettier-ignore
  const found = answers.flatMap((vulnerabilities) => Object.entries(vulnerabilities ?? {}))
  const lines = found.map(([name, { severity, range }]) => `${severity}: ${name} ${range}`)
  const text = found.length === 0 ? 'No known vulnerabilities.' : `FAIL: known vulnerabilities:\n${lines.join('\n')}`
  return { isAnswered: true, isClean: found.length === 0, text }
}

type Vulnerabilities = Readonly<Record<string, { readonly severity: string; readonly range: string }>>

/** Null for an answer that tells of none and is no answer. */
export function read(stdout: string | null): Vulnerabilities | null {
  try {
    return (JSON.parse(stdout ?? '') as { readonly vulnerabilities?: Vulnerabilities }).vulnerabilities ?? null
  } catch {
    return null
  }
}

if (import.meta.main) {
  const { text, isAnswered, isClean } = knownVulnerabilities()
  console.log(text)
  process.exitCode = isAnswered && !isClean ? 1 : 0
}
