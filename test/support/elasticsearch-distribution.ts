import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const VERSION = process.env['ELASTICSEARCH_VERSION'] ?? '9.1.0'
/** The oldest version that the store takes. */
export const OLDEST_VERSION = '8.19.21'
const ARTEFACT = 'org.elasticsearch.distribution.integ-test-zip:elasticsearch'

/** Elasticsearch refuses to run as root; then it runs as `nobody`. */
export const isRoot = process.getuid?.() === 0

/** What is missing for a server of our own, in words; null when nothing is. */
export function missingForElasticsearch(): string | null {
  if (process.env['ELASTICSEARCH_URL'] !== undefined) return null
  return missingForOwnElasticsearch()
}

/** The same for tests that need one of their own in any case. */
export function missingForOwnElasticsearch(): string | null {
  if (findJava() === null) return 'a Java development kit, 21 or newer (JAVA_HOME tells where)'
  if (!runs('openssl', 'version')) return 'openssl'
  return existsSync(distributionFolder(VERSION)) || runs('mvn', '--version') ? null : 'Maven (mvn)'
}

/** Where the unpacked server is kept: outside the checkout, and readable for the user that it runs as. */
function distributionFolder(version: string): string {
  const ofUser = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const cache = process.env['EVENTLOOM_CACHE'] ?? join(isRoot ? '/var/cache' : ofUser, 'eventloom')
  return join(cache, `elasticsearch-${version}`)
}

/** Unpacked beside its place and moved there, so that two at once do not see half of it. */
export function distribution(version = VERSION): string {
  const folder = distributionFolder(version)
  if (existsSync(folder)) return folder
  mkdirSync(join(folder, '..'), { recursive: true })
  const temporary = mkdtempSync(`${folder}.`)
  try {
    const get = [
      '-B',
      '-q',
      'dependency:copy',
      `-Dartifact=${ARTEFACT}:${version}:zip`,
      `-DoutputDirectory=${temporary}`,
    ]
    execFileSync('mvn', get, { cwd: temporary, stdio: ['ignore', 'ignore', 'inherit'] })
    execFileSync('unzip', ['-q', `elasticsearch-${version}.zip`], { cwd: temporary })
    try {
      renameSync(join(temporary, `elasticsearch-${version}`), folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // else another was faster
    }
    return folder
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

/** Home of a Java that runs the server, 21 or newer, and compiles what the secured one lacks. */
export function findJava(): string | null {
  const installed = existsSync('/usr/lib/jvm')
    ? readdirSync('/usr/lib/jvm').map((name) => join('/usr/lib/jvm', name))
    : []
  const homes = [process.env['ES_JAVA_HOME'], process.env['JAVA_HOME'], ...installed]
  return homes.find((home) => home !== undefined && javaVersion(home) >= 21) ?? null
}

function javaVersion(home: string): number {
  if (!existsSync(join(home, 'bin', 'javac'))) return 0
  try {
    return Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

function runs(command: string, argument: string): boolean {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
