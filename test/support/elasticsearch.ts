import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs' // prettier-ignore
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './collector-process.ts'

const VERSION = process.env['ELASTICSEARCH_VERSION'] ?? '9.1.0'
const ARTEFACT = 'org.elasticsearch.distribution.integ-test-zip:elasticsearch'

/** Elasticsearch refuses to run as root; then it runs as `nobody`. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

const START_MS = 120_000

export interface ElasticsearchOptions {
  /** Default 512. */
  readonly heapMb?: number
  /** More lines of elasticsearch.yml. */
  readonly settings?: Readonly<Record<string, string | boolean>>
}

/** A real server on loopback with data of its own. */
export interface ElasticsearchServer {
  readonly url: string
  /** SIGKILL, at once. The data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port; returns when it answers. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** What is missing for a server of our own, in words; null when nothing is. */
export function missingForElasticsearch(): string | null {
  if (process.env['ELASTICSEARCH_URL'] !== undefined) return null
  if (findJava() === null) return 'Java 21 or newer (JAVA_HOME tells where)'
  return existsSync(distributionFolder()) || hasMaven() ? null : 'Maven (mvn)'
}

/** Resolves the server with Maven when this machine does not have it yet, and starts it. */
export async function startElasticsearch(options: ElasticsearchOptions = {}): Promise<ElasticsearchServer> {
  const given = process.env['ELASTICSEARCH_URL']
  if (given !== undefined) return { url: given, kill: cannot, start: cannot, stop: async () => undefined }
  const home = distribution()
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-elasticsearch-'))
  const port = await freePort()
  configure(directory, home, port, await freePort(), options)
  const url = `http://127.0.0.1:${String(port)}`
  let child: ChildProcess | null = null
  const start = async () => {
    child = launch(home, directory, options.heapMb ?? 512)
    await waitFor(url, child, directory)
  }
  const kill = async () => {
    if (child !== null) await killServer(directory, child)
    child = null
  }
  await start()
  return {
    url,
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
  { settings = {} }: ElasticsearchOptions,
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
  writeFileSync(join(directory, 'config', 'elasticsearch.yml'), lines.join(''))
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
  // A run that ends without stopping it must not leave it behind.
  process.once('exit', () => signal(serverPid(directory)))
  return child
}

async function waitFor(url: string, child: ChildProcess, directory: string): Promise<void> {
  const log = () => {
    const file = join(directory, 'logs', 'eventloom-test.log')
    return existsSync(file) ? readFileSync(file, 'utf8').slice(-4_000) : 'it wrote no log'
  }
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`Elasticsearch ended with ${String(child.exitCode)}: ${log()}`)
    try {
      // An early answer may come before the master is elected.
      return (await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=5s`)).ok
    } catch {
      return false
    }
  }
  await until(answers, START_MS, log, 100)
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

/** Where the unpacked server is kept: outside the checkout, and readable for the user that it runs as. */
function distributionFolder(): string {
  const ofUser = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const cache = process.env['EVENTLOOM_CACHE'] ?? join(isRoot ? '/var/cache' : ofUser, 'eventloom')
  return join(cache, `elasticsearch-${VERSION}`)
}

/** Unpacked beside its place and moved there, so that two at once do not see half of it. */
function distribution(): string {
  const folder = distributionFolder()
  if (existsSync(folder)) return folder
  mkdirSync(join(folder, '..'), { recursive: true })
  const temporary = mkdtempSync(`${folder}.`)
  try {
    const get = [
      '-B',
      '-q',
      'dependency:copy',
      `-Dartifact=${ARTEFACT}:${VERSION}:zip`,
      `-DoutputDirectory=${temporary}`,
    ]
    execFileSync('mvn', get, { cwd: temporary, stdio: ['ignore', 'ignore', 'inherit'] })
    execFileSync('unzip', ['-q', `elasticsearch-${VERSION}.zip`], { cwd: temporary })
    try {
      renameSync(join(temporary, `elasticsearch-${VERSION}`), folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // else another was faster
    }
    return folder
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Home of a Java that runs the server: 21 or newer. */
function findJava(): string | null {
  const installed = existsSync('/usr/lib/jvm')
    ? readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name))
    : []
  const homes = [process.env['ES_JAVA_HOME'], process.env['JAVA_HOME'], ...installed]
  return homes.find((home) => home !== undefined && javaVersion(home) >= 21) ?? null
}

function javaVersion(home: string): number {
  try {
    return Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function hasMaven(): boolean {
  try {
    execFileSync('mvn', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
