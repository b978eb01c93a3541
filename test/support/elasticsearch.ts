import { spawn, type ChildProcess } from 'node:child_process'
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs' // prettier-ignore
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { until } from './collector-process.ts'
import { distribution, findJava, isRoot } from './elasticsearch-distribution.ts'

const NOBODY = 65_534

const START_MS = 240_000

export interface ElasticsearchOptions {
  /** Default 512. */
  readonly heapMb?: number
  /** More lines of elasticsearch.yml. */
  readonly settings?: Readonly<Record<string, string | boolean>>
  /** More files of its configuration: names and texts. */
  readonly files?: Readonly<Record<string, string>>
  /** The unpacked server, when it is not the one that Maven knows. */
  readonly home?: string
  /** How it is asked whether it is ready, when it listens with TLS: who signed its certificate, and the header of a user. */
  readonly secured?: { readonly ca: string; readonly authorization: string }
}

/** A real server on loopback with data of its own. */
export interface ElasticsearchServer {
  readonly url: string
  /** Null while it does not run, and for one that was not started here. */
  readonly pid: () => number | null
  /** SIGKILL, at once. The data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port; returns when it answers. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Resolves the server with Maven when this machine does not have it yet, and starts it. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<ElasticsearchServer> {
  const given = process.env['ELASTICSEARCH_URL']
  if (given !== undefined)
    return { url: given, pid: () => null, kill: cannot, start: cannot, stop: async () => undefined }
  return startOwnElasticsearch(options)
}

/** The same, whatever address is given. */
export async function startOwnElasticsearch(options: ElasticsearchOptions = {}): Promise<ElasticsearchServer> {
  const home = options.home ?? distribution()
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-elasticsearch-'))
  const port = await freePort()
  configure(directory, home, port, await freePort(), options)
  const url = `${options.secured === undefined ? 'http' : 'https'}://127.0.0.1:${String(port)}`
  let child: ChildProcess | null = null
  // A run that ends without stopping it must not leave it behind.
  process.once('exit', () => signal(serverPid(directory)))
  const start = async () => {
    child = launch(home, directory, options.heapMb ?? 512)
    await waitFor(url, child, directory, options.secured)
  }
  const kill = async () => {
    if (child !== null) await killServer(directory, child)
    child = null
  }
  await start()
  return {
    url,
    pid: () => (child === null ? null : serverPid(directory)),
    kill,
    start,
    async stop() {
      await kill()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function cannot(): Promise<never> {
  return Promise.reject(new Error('ELASTICSEARCH_URL names a server that this test may not stop'))
}

function configure(
  directory: string,
  home: string,
  port: number,
  transportPort: number,
  { settings = {}, files = {} }: ElasticsearchOptions,
): void {
  for (const folder of ['config', 'data', 'logs', 'tmp']) mkdirSync(join(directory, folder))
  for (const file of ['jvm.options', 'log4j2.properties']) {
    copyFileSync(join(home, 'config', file), join(directory, 'config', file))
  }
  const all = {
    'cluster.name': 'eventloom-test',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': String(port),
    'transport.port': String(transportPort),
    'path.data': join(directory, 'data'),
    'path.logs': join(directory, 'logs'),
    'xpack.security.enabled': false,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...settings,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\n`)
  for (const [name, text] of Object.entries({ 'elasticsearch.yml': lines.join(''), ...files }))
    writeFileSync(join(directory, 'config', name), text)
  if (!isRoot) return
  chownSync(directory, NOBODY, NOBODY)
  for (const path of readdirSync(directory, { recursive: true }))
    chownSync(join(directory, String(path)), NOBODY, NOBODY)
}

function launch(home: string, directory: string, heapMb: number): ChildProcess {
  const child = spawn(join(home, 'bin', 'elasticsearch'), ['-p', join(directory, 'pid')], {
    cwd: directory,
    stdio: 'ignore',
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      ES_TMPDIR: join(directory, 'tmp'),
      ES_JAVA_HOME: findJava() ?? '',
      ES_PATH_CONF: join(directory, 'config'),
      ES_JAVA_OPTS: `-Xms${String(heapMb)}m -Xmx${String(heapMb)}m`,
    },
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  })
  return child
}

async function waitFor(
  url: string,
  child: ChildProcess,
  directory: string,
  secured: ElasticsearchOptions['secured'],
): Promise<void> {
  const dispatcher = new Agent(secured === undefined ? {} : { connect: { ca: secured.ca } })
  const headers = secured === undefined ? {} : { authorization: secured.authorization }
  const log = () => {
    const file = join(directory, 'logs', 'eventloom-test.log')
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-4_000) : 'it wrote no log'
  }
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`Elasticsearch ended with ${String(child.exitCode)}: ${log()}`)
    try {
      // An early answer may come before the master is elected.
      return (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=5s`, { dispatcher, headers })).ok
    } catch {
      return false
    }
  }
  await until(answers, START_MS, log, 100)
  await dispatcher.close()
}

async function killServer(directory: string, child: ChildProcess): Promise<void> {
  const exited = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
  const pid = serverPid(directory)
  signal(pid)
  if (pid === null) child.kill('SIGKILL')
  await exited
}

function serverPid(directory: string): number | null {
  try {
    return Number(readFileSync(join(directory, 'pid'), 'utf8'))
  } catch {
    return null
  }
}

function signal(pid: number | null): void {
  try {
    if (pid !== null) process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
