import { spawn } from 'node:child_process'
import { join } from 'node:path'

export const COMMAND = join(import.meta.dirname, '..', '..', 'collector', 'bin', 'eventloom.mjs')

/** A command that is not done by then never will be. */
const TIMEOUT_MS = 180_000

/** What a command printed, and how it ended. */
export interface CommandResult {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** `eventloom ARGS…` as a process of its own, as users call it. @throws Error when it does not end. */
export function runCommand(
  args: readonly string[],
  { cwd, environment = {} }: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      ...(cwd === undefined ? {} : { cwd }),
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`not done after ${TIMEOUT_MS} ms: eventloom ${args.join(' ')}\n${stdout}\n${stderr}`))
    }, TIMEOUT_MS)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout, stderr })
    })
  })
}

/** The same with `--json`, read. @throws Error when it fails, or prints a stack trace. */
export async function ask<T>(args: readonly string[], options: CommandOptions = {}): Promise<T> {
  const { code, stdout, stderr } = await runCommand([...args, '--json'], options)
  if (stdout === '' || STACK_TRACE.test(stderr) || (code !== 0 && code !== 3)) {
    throw new Error(`eventloom ${args.join(' ')} ended with ${code}:\n${stdout}\n${stderr}`)
  }
  return JSON.parse(stdout) as T
}

/** What no user should ever see. */
export const STACK_TRACE = /^\s+at .+:\d+:\d+\)?$/m
