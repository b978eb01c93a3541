import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionSettings } from '../../collector/src/store/elasticsearch/connection.ts'
import { StoreUnavailableError, type EventStore } from '../../collector/src/store/store.ts'
import { makeAuthority, makeCertificate, type Certificate } from '../support/certificates.ts'
import { runCommand } from '../support/cli.ts'
import { anElasticsearchStore } from '../support/elasticsearch-store.ts'
import { missingForOwnElasticsearch } from '../support/elasticsearch-distribution.ts'
import { callSecured, CERTIFIED, type SecuredElasticsearch } from '../support/secured-elasticsearch.ts'
import { sharedElasticsearch, sharedSecuredElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 400_000
const PROVISIONING = join(import.meta.dirname, '..', '..', 'provisioning', 'elasticsearch')
const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const PREFIX = 'eventloom-access'
const [USER, PASSWORD, WRONG] = ['collector', 'correct-horse-battery', 'wrong-horse-battery']
/** Base64 of an id and a secret. */
const SECRET = Buffer.from('no-such-key:of-no-such-secret').toString('base64')

type Who = Partial<ConnectionSettings>

describe.runIf(missingForOwnElasticsearch() === null)('who we are to an Elasticsearch with security', () => {
  let secured: SecuredElasticsearch
  /** Address of one without security. */
  let plain: string
  let directory: string
  let certified: Certificate
  let stranger: Certificate
  const stores: EventStore[] = []

  beforeAll(async () => {
    secured = await sharedSecuredElasticsearch()
    plain = await sharedElasticsearch()
    directory = mkdtempSync(join(tmpdir(), 'eventloom-access-'))
    certified = makeCertificate(directory, CERTIFIED, secured.authority)
    stranger = makeCertificate(directory, 'stranger', makeAuthority(directory, 'another-authority'))
    const role: unknown = JSON.parse(readFileSync(join(PROVISIONING, 'role.json'), 'utf8'))
    await call('PUT', '/_security/role/eventloom', role)
    await call('PUT', `/_security/user/${USER}`, { password: PASSWORD, roles: ['eventloom'] })
  }, START_MS)
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const call = <Answer>(method: string, path: string, body?: unknown) =>
    callSecured<Answer>(secured, method, path, body)
  const open = (who: Who) => {
    const connection = { caFile: secured.authority.certificate, ...who }
    const store = anElasticsearchStore(secured.url, PREFIX, { connection })
    stores.push(store)
    return store
  }
  const ask = async (store: EventStore) => (await store.applied(`nobody-${String(Math.random())}`)).sequence
  const file = (text: string, name = `secret-${String(Math.random())}`) => {
    const path = join(directory, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const makeKey = (expiration = '1h') =>
    call<{ encoded: string; id: string }>('POST', '/_security/api_key', { name: 'collector', expiration })
  const makeToken = async () => {
    const body = { grant_type: 'password', username: USER, password: PASSWORD }
    return (await call<{ access_token: string }>('POST', '/_security/oauth2/token', body)).access_token
  }

  const ways: readonly { readonly name: string; readonly who: () => Promise<Who> }[] = [
    { name: 'a password', who: async () => ({ username: USER, password: PASSWORD }) },
    { name: 'a password in a file', who: async () => ({ username: USER, passwordFile: file(`${PASSWORD}\n`) }) },
    { name: 'an API key', who: async () => ({ apiKey: (await makeKey()).encoded }) },
    { name: 'an API key in a file', who: async () => ({ apiKeyFile: file(`${(await makeKey()).encoded}\n`) }) },
    { name: 'a bearer token in a file', who: async () => ({ bearerTokenFile: file(await makeToken()) }) },
    {
      name: 'a client certificate',
      who: async () => ({ certificateFile: certified.certificate, keyFile: certified.key }),
    },
  ]
  it.each(ways)('$name is enough', async ({ who }) => {
    expect(await ask(open(await who()))).toBe(0)
  })

  it('an API key that is replaced in its file counts from the next request on', async () => {
    const key = await makeKey()
    const apiKeyFile = file(key.encoded)
    const store = open({ apiKeyFile })
    await ask(store)
    await call('DELETE', '/_security/api_key', { ids: [key.id] })
    await expect(ask(store)).rejects.toThrow(/401, .*invalidated/)
    writeFileSync(apiKeyFile, (await makeKey()).encoded)
    expect(await ask(store)).toBe(0)
  })

  it('a certificate that is renewed in its file counts from the next request on', async () => {
    const [certificateFile, keyFile] = [file(textOf(stranger.certificate)), file(textOf(stranger.key))]
    const store = open({ certificateFile, keyFile })
    await expect(ask(store)).rejects.toThrow(StoreUnavailableError)
    writeFileSync(certificateFile, textOf(certified.certificate))
    writeFileSync(keyFile, textOf(certified.key))
    expect(await ask(store)).toBe(0)
  })

  const refusals: readonly { readonly name: string; readonly who: () => Promise<Who>; readonly says: RegExp }[] = [
    { name: 'nobody', who: async () => ({}), says: /401, missing authentication.*Check the user/ },
    {
      name: 'a wrong password',
      who: async () => ({ username: USER, password: WRONG }),
      says: /401, unable to authenticate user \[collector\].*Check the user/,
    },
    { name: 'an expired key', who: expired, says: /401, .*is expired\)\. Check the user.*API key/ },
    { name: 'a key that is none', who: async () => ({ apiKey: SECRET }), says: /401, .*Check the user.*API key/ },
    {
      name: 'a token that is none',
      who: async () => ({ bearerTokenFile: file(SECRET) }),
      says: /401, .*token.*Check the user/,
    },
    {
      name: 'a file that is not there',
      who: async () => ({ apiKeyFile: '/nowhere/key' }),
      says: /\/nowhere\/key does not exist/,
    },
    {
      name: 'an empty file',
      who: async () => ({ username: USER, passwordFile: file('\n', 'empty') }),
      says: /\/empty is empty/,
    },
    {
      name: 'an unknown authority',
      who: async () => ({ caFile: undefined }),
      says: /certificate.*\. Name the PEM file .* store\.elasticsearch\.caFile/,
    },
    {
      name: 'another authority',
      who: async () => ({ caFile: stranger.certificate }),
      says: /certificate.*\. Name the PEM file .* store\.elasticsearch\.caFile/,
    },
    {
      name: 'a certificate of another authority',
      who: async () => ({ certificateFile: stranger.certificate, keyFile: stranger.key }),
      says: /if it asks for a certificate of ours, check store\.elasticsearch\.certificateFile/,
    },
    {
      name: 'a name that the certificate has not',
      who: async () => ({ nodes: [secured.url.replace('127.0.0.1', 'localhost')] }),
      says: /altnames.*\. Use a name/,
    },
    {
      name: 'TLS forgotten',
      who: async () => ({ nodes: [secured.url.replace('https', 'http')] }),
      says: /If it speaks TLS, the address .* https:/,
    },
    {
      name: 'TLS where there is none',
      who: async () => ({ nodes: [plain.replace('http', 'https')] }),
      says: /Begin the address .* with http:/,
    },
  ]
  async function expired(): Promise<Who> {
    const { encoded } = await makeKey('1s')
    await delay(1_100)
    return { apiKey: encoded }
  }
  it.each(refusals)('$name is said in words, with the way out and without the secret', async ({ who, says }) => {
    const given = await who()
    const error: unknown = await ask(open(given)).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect((error as Error).message).toMatch(says)
    const everything = inspect(error, { depth: Infinity, showHidden: true })
    for (const secret of secretsOf(given)) expect(everything).not.toContain(secret)
  })

  /** What must be nowhere: as it is given and as it travels. */
  function secretsOf({ username = '', password, apiKey, bearerTokenFile, keyFile }: Who): readonly string[] {
    const basic = password === undefined ? undefined : Buffer.from(`${username}:${password}`).toString('base64')
    const files = [bearerTokenFile, keyFile].map((path) => path && textOf(path).split('\n')[1])
    return [password, basic, apiKey, ...files].filter((secret) => secret !== undefined && secret !== '') as string[]
  }

  it('no command prints a secret, whatever goes wrong', async () => {
    const environment = {
      EVENTLOOM_STORE_KIND: 'elasticsearch',
      EVENTLOOM_STORE_ELASTICSEARCH_NODES: secured.url,
      EVENTLOOM_STORE_ELASTICSEARCH_CA_FILE: secured.authority.certificate,
      EVENTLOOM_STORE_ELASTICSEARCH_PREFIX: PREFIX,
      EVENTLOOM_STORE_ELASTICSEARCH_USERNAME: USER,
      EVENTLOOM_STORE_ELASTICSEARCH_PASSWORD: WRONG,
      EVENTLOOM_LOG_LEVEL: 'debug',
    }
    const data = ['--data', join(directory, 'data')]
    for (const args of [
      ['config', 'check', '--json'],
      ['replay', RECORDING, ...data],
      ['query', 'reason:X', ...data],
    ]) {
      const { stdout, stderr } = await runCommand(args, { environment })
      const printed = `${stdout}${stderr}`
      expect(printed).toMatch(args[0] === 'config' ? /username/ : /401/)
      expect(printed).not.toContain(WRONG)
      expect(printed).not.toContain(Buffer.from(`${USER}:${WRONG}`).toString('base64'))
    }
  })
})

function textOf(path: string): string {
  return readFileSync(path, 'utf8')
}
