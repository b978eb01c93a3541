import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Processes that may take so much memory together, page cache included; the kernel kills one that takes more. */
export interface MemoryLimit {
  /** Words before a command that put it under the limit for all its life. */
  readonly before: readonly string[]
  /** Most that was charged at once, bytes. */
  readonly peakBytes: () => number
  /** How often the limit was reached, so that page cache had to go. */
  readonly timesReached: () => number
  /** When its processes have ended. */
  readonly remove: () => void
}

/** Names of the same things in both versions of control groups. */
const VERSIONS = [
  { root: '/sys/fs/cgroup', limit: 'memory.max', peak: 'memory.peak', reached: ['memory.events', /^max (\d+)/m] },
  { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', reached: ['memory.failcnt', /(\d+)/] },
] as const // prettier-ignore

/** A control group of this bound; null where this process may make none. */
export function memoryLimit(bytes: number): MemoryLimit | null {
  for (const { root, limit, peak, reached } of VERSIONS) {
    const group = join(root, `eventloom-${process.pid}`)
    try {
      readFileSync(join(root, 'cgroup.procs'))
      mkdirSync(group)
      writeFileSync(join(group, limit), String(bytes))
    } catch {
      continue
    }
    return {
      before: ['sh', '-c', `echo $$ > ${join(group, 'cgroup.procs')} && exec "$@"`, 'limited'],
      peakBytes: () => Number(readFileSync(join(group, peak), 'utf8')),
      timesReached: () => Number(reached[1].exec(readFileSync(join(group, reached[0]), 'utf8'))?.[1] ?? 0),
      remove: () => rmdirSync(group),
    }
  }
  return null
}
