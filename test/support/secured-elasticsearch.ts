import { execFileSync } from 'node:child_process'
import { createHash, pbkdf2Sync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { makeAuthority, makeCertificate, type Certificate } from './certificates.ts'
import { startOwnElasticsearch } from './elasticsearch.ts'
import { distribution, findJava, VERSION } from './elasticsearch-distribution.ts'

const ADMIN = 'administrator'

/** A real server with security on: TLS by an authority of its own, users, roles, API keys, tokens, client certificates. */
export interface SecuredElasticsearch {
  readonly url: string
  /** Who signed the certificates of the server and of clients. */
  readonly authority: Certificate
  /** Header of somebody who may everything. */
  readonly authorization: string
}

/** A client with a certificate of this common name has the role `eventloom`. */
export const CERTIFIED = 'certified-collector'

export async function startSecuredElasticsearch(): Promise<
  SecuredElasticsearch & { readonly stop: () => Promise<void> }
> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-secured-'))
  const authority = makeAuthority(directory, 'authority')
  const certificate = makeCertificate(directory, 'server', authority)
  const ca = readFileSync(authority.certificate, 'utf8')
  const password = randomBytes(12).toString('base64url')
  const authorization = `Basic ${Buffer.from(`${ADMIN}:${password}`).toString('base64')}`
  const started = await startOwnElasticsearch({
    home: distributionWithUsers(),
    settings: SETTINGS,
    secured: { ca, authorization },
    files: {
      'ca.crt': ca,
      'server.crt': readFileSync(certificate.certificate, 'utf8'),
      'server.key': readFileSync(certificate.key, 'utf8'),
      users: `${ADMIN}:${passwordHash(password)}\n`,
      users_roles: `superuser:${ADMIN}\n`,
      'role_mapping.yml': `eventloom: [ "CN=${CERTIFIED}" ]\n`,
    },
  })
  return {
    url: started.url,
    authority,
    authorization,
    async stop() {
      await started.stop()
      rmSync(directory, { recursive: true })
    },
  }
}

/** Asks as somebody who may everything; throws what is not 2xx. */
export async function callSecured<Answer = unknown>(
  { url, authority, authorization }: SecuredElasticsearch,
  method: string,
  path: string,
  body?: unknown,
): Promise<Answer> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(authority.certificate) } })
  const headers = { authorization, 'content-type': 'application/json' }
  const given = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(`${url}${path}`, { method, headers, dispatcher, ...given })
  const text = await response.text()
  await dispatcher.close()
  if (!response.ok) throw new Error(text)
  return JSON.parse(text) as Answer
}

const SETTINGS = {
  'xpack.security.enabled': true,
  // Client certificates as users need it.
  'xpack.license.self_generated.type': 'trial',
  'xpack.security.http.ssl.enabled': true,
  'xpack.security.http.ssl.certificate': 'server.crt',
  'xpack.security.http.ssl.key': 'server.key',
  'xpack.security.http.ssl.certificate_authorities': 'ca.crt',
  'xpack.security.http.ssl.client_authentication': 'optional',
  'xpack.security.authc.realms.file.file.order': '0',
  'xpack.security.authc.realms.native.native.order': '1',
  'xpack.security.authc.realms.pki.pki.order': '2',
  'xpack.security.authc.realms.pki.pki.certificate_authorities': 'ca.crt',
  'xpack.security.authc.token.enabled': true,
}

/** As `elasticsearch-users` writes it, without the seconds that it takes. */
function passwordHash(password: string): string {
  const [rounds, salt] = [10_000, randomBytes(32)]
  const hash = pbkdf2Sync(password, salt, rounds, 32, 'sha512')
  return `{PBKDF2}${String(rounds)}$${salt.toString('base64')}$${hash.toString('base64')}`
}

const PLUGIN = join(import.meta.dirname, 'address-analysis', 'AddressAnalysis.java')

/** The distribution of the tests with what its index of users lacks. Kept beside the other; the files are shared. */
function distributionWithUsers(): string {
  const plain = distribution()
  const folder = `${plain}-users-${createHash('sha256').update(readFileSync(PLUGIN)).digest('hex').slice(0, 8)}`
  if (existsSync(folder)) return folder
  const temporary = mkdtempSync(`${folder}.`)
  try {
    const home = join(temporary, 'home')
    execFileSync('cp', ['-a', '--link', plain, home])
    compilePlugin(plain, join(home, 'plugins', 'address-analysis'), join(temporary, 'classes'))
    try {
      renameSync(home, folder)
    } catch (error) {
      if (!existsSync(folder)) throw error // else another was faster
    }
    return folder
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function compilePlugin(home: string, plugin: string, classes: string): void {
  const bin = join(findJava() ?? '', 'bin')
  mkdirSync(plugin)
  execFileSync(join(bin, 'javac'), ['--release', '21', '-cp', join(home, 'lib', '*'), '-d', classes, PLUGIN])
  execFileSync(join(bin, 'jar'), ['--create', '--file', join(plugin, 'address-analysis.jar'), '-C', classes, '.'])
  const descriptor = {
    name: 'address-analysis',
    description: 'What the index of users names',
    version: VERSION,
    classname: 'AddressAnalysis',
    'java.version': '21',
    'elasticsearch.version': VERSION,
  }
  const lines = Object.entries(descriptor).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(join(plugin, 'plugin-descriptor.properties'), lines.join(''))
}
