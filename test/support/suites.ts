import { spawn, spawnSync } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 }

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}

/**
 * Runs vitest projects with its own output on the terminal, without the files that match `exclude`. A run that died counts
 * as one failure.
 */
export async function runVitest(
  projects: readonly string[],
  environment: Record<string, string>,
  exclude: readonly string[] = [],
): Promise<Counts> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-tests-'))
  const file = join(directory, 'result.json')
  try {
    const reporter = process.stdout.isTTY ? 'default' : 'dot'
    const args = ['run', '--reporter', reporter, '--reporter', 'json', '--outputFile.json', file]
    // It colours what it writes wherever CI is set: dots in a file would be seven parts escapes.
    if (!process.stdout.isTTY) args.push('--no-color')
    args.push(...projects.flatMap((project) => ['--project', project]))
    args.push(...exclude.flatMap((pattern) => ['--exclude', pattern]))
    const code = await run('vitest', args, environment)
    const result = JSON.parse(readFileSync(file, 'utf8')) as VitestResult
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = result
    const counts = { passed, failed, skipped: numPendingTests + numTodoTests }
    for (const name of skippedOf(result)) console.log(`Skipped: ${name}`)
    return code === 0 || failed > 0 ? counts : { ...counts, failed: 1 }
  } catch {
    return { ...NONE, failed: 1 }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

interface VitestResult {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** `FILE: TEST` of each test that was not run. */
export function skippedOf({ testResults }: Pick<VitestResult, 'testResults'>): readonly string[] {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => `${relative(process.cwd(), name)}: ${fullName}`),
  )
}

/** Runs a command with its output on the terminal; answers its exit code. */
export function run(
  command: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    })
    child.on('error', () => resolve(127))
    child.on('close', (code) => resolve(code ?? 1))
  })
}

export function hasCommand(command: string): boolean {
  return spawnSync(command, ['version'], { stdio: 'ignore' }).status === 0
}

/**
 * Ends the process with the plain closing line, and leaves the counts for `.ci/run` to add up. In CI a skipped test is a
 * failure: there everything that tests need is installed.
 */
export function close(counts: Counts): void {
  const { passed, failed, skipped } = counts
  const isCi = process.env['CI'] === 'true'
  const file = process.env['EVENTLOOM_TEST_COUNTS']
  if (file !== undefined) appendFileSync(file, `${passed} ${failed} ${skipped}\n`)
  if (skipped > 0 && isCi) console.log(`FAIL: ${skipped} tests were not run. In CI none may be skipped.`)
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  process.exitCode = exitCodeOf(counts, isCi)
}

/** 0 when something was tested and nothing failed, nor was left out where all must run. */
export function exitCodeOf({ passed, failed, skipped }: Counts, isCi: boolean): 0 | 1 {
  return failed === 0 && passed > 0 && (skipped === 0 || !isCi) ? 0 : 1
}
