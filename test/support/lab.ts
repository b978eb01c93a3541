import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

export interface LabOptions {
  /** `apiserver`: only etcd and kube-apiserver. Default. */
  readonly controlPlane?: 'apiserver' | 'full'
  readonly nodes?: number
  /** As Go writes it: `20s`. */
  readonly eventTtl?: string
  readonly etcdCompactionInterval?: string
}

/** A real cluster on this machine (`docs/lab.md`), in a temporary directory; it ends with `stop`, or with this process. */
export interface Lab {
  readonly dir: string
  readonly server: string
  /** File of the administrator's kubeconfig. */
  readonly kubeconfig: string
  /** Files, by user. */
  readonly kubeconfigs: Readonly<Record<string, string>>
  /** Bearer tokens, by user. */
  readonly tokens: Readonly<Record<string, string>>
  readonly caFile: string
  kill(component: string): Promise<void>
  /** Returns when it is of use again. */
  start(component: string): Promise<void>
  compact(): Promise<void>
  snapshot(name: string): Promise<void>
  /** Puts a snapshot back: resourceVersions are used again. */
  restore(name: string): Promise<void>
  /** Token of a service account, which is made when absent. */
  token(name: string, namespace: string, ttl: string): Promise<string>
  stop(): Promise<void>
}

const SCRIPT = join(import.meta.dirname, '..', 'lab', 'lab.sh')

/** Builds the lab when this machine has not built it yet, which takes minutes, and starts it. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const child = spawn('bash', [SCRIPT, 'up', '--foreground', ...flags(options)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const first = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited.then(() => null)])
  if (first === null) throw new Error('the lab did not start; its messages are above')
  const reach = JSON.parse(String(first[0])) as Pick<
    Lab,
    'dir' | 'server' | 'kubeconfig' | 'kubeconfigs' | 'tokens' | 'caFile'
  >
  const command = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)('bash', [SCRIPT, ...args, '--dir', reach.dir])
    return stdout.trim()
  }
  return {
    ...reach,
    kill: async (component) => void (await command('kill', component)),
    start: async (component) => void (await command('start', component)),
    compact: async () => void (await command('compact')),
    snapshot: async (name) => void (await command('snapshot', name)),
    restore: async (name) => void (await command('restore', name)),
    token: (name, namespace, ttl) => command('token', name, '--namespace', namespace, '--ttl', ttl),
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}

function flags({ controlPlane = 'apiserver', nodes, eventTtl, etcdCompactionInterval }: LabOptions): string[] {
  return [
    `--control-plane=${controlPlane}`,
    ...(nodes === undefined ? [] : [`--nodes=${nodes}`]),
    ...(eventTtl === undefined ? [] : [`--event-ttl=${eventTtl}`]),
    ...(etcdCompactionInterval === undefined ? [] : [`--etcd-compaction-interval=${etcdCompactionInterval}`]),
  ]
}
