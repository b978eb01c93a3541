import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { METRICS } from '../../collector/src/telemetry/metrics.ts'
import { startElasticsearch } from '../support/elasticsearch.ts'
import { missingForElasticsearch, VERSION } from '../support/elasticsearch-distribution.ts'
import { SHIPPED_VERSIONS } from '../support/shipped-recording.ts'

const ROOT = join(import.meta.dirname, '..', '..')

interface Service {
  readonly image: string
  readonly restart?: string
  readonly command?: string
  readonly build?: { readonly dockerfile: string }
  readonly environment?: Readonly<Record<string, string>>
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')

/** The services as docker compose reads them where these variables are set. */
function services(variables: Readonly<Record<string, string>> = {}): Readonly<Record<string, Service>> {
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, usual: string) => variables[name] ?? usual)
  return (parse(filled) as { services: Record<string, Service> }).services
}

/** No container can be started here: what can run outside of one does, with the environment of the file. */
describe('docker compose', () => {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-compose-'))
  afterAll(() => rmSync(directory, { recursive: true }))

  async function play(
    name: string,
    { command = '', environment = {} }: Service,
    replaced: Readonly<Record<string, string>> = {},
  ) {
    // prettier-ignore
    const data = join(directory, name)
    const token = join(directory, 'token')
    writeFileSync(token, 'a-token-of-this-test', { mode: 0o600 })
    const values = Object.entries({ ...environment, ...replaced })
    const own = {
      EVENTLOOM_API_HOST: '127.0.0.1',
      EVENTLOOM_API_PORT: '0',
      EVENTLOOM_API_PROBES_PORT: '0',
      EVENTLOOM_API_TOKEN_FILE: token,
      EVENTLOOM_DATA: data,
    }
    const child = spawn(process.execPath, [join(ROOT, 'collector', 'bin', 'eventloom.mjs'), ...command.split(' ')], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        HOME: directory,
        KUBECONFIG: '/nonexistent',
        ...Object.fromEntries(values),
        ...own,
      },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (said: Buffer) => (printed += said.toString()))
    const ended = once(child, 'exit')
    const get = async (path: string) => {
      const { url } = JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { url: string }
      return fetch(url + path, { headers: { authorization: 'Bearer a-token-of-this-test' } })
    }
    const stored = async () => {
      if (child.exitCode !== null) throw new Error(printed)
      if (!existsSync(join(data, 'collector.json'))) return 0
      return ((await (await get('/api/v1/statistics')).json()) as { observations: number }).observations
    }
    try {
      await expect.poll(stored, { timeout: 100_000, interval: 300 }).toBe(SHIPPED_VERSIONS)
      return await (await get('/metrics')).text()
    } finally {
      child.kill('SIGTERM')
      await ended
    }
  }

  it('plays the shipped recording into DuckDB, and serves the metrics that the dashboard draws', async () => {
    const metrics = await play('duckdb', services()['collector'] as Service)
    const dashboard = readFileSync(join(ROOT, 'provisioning/grafana/dashboards/metrics/collector-metrics.json'), 'utf8')
    const drawn = new Set(
      [...dashboard.matchAll(/eventloom_\w+/g)].map(([name]) => name.replace(/_(bucket|count)$/, '')),
    )
    expect(drawn.size).toBeGreaterThan(10)
    for (const name of drawn) {
      expect(Object.keys(METRICS)).toContain(name)
      expect(metrics).toContain(`# TYPE ${name} `)
    }
  })

  it.skipIf(missingForElasticsearch() !== null)(
    'plays it into Elasticsearch with the variables that the file names',
    async () => {
      const named = /COMPOSE_PROFILES=elasticsearch EVENTLOOM_STORE_KIND=(\S+) EVENTLOOM_PLAY='([^']+)'/.exec(text)
      const collector = services({ EVENTLOOM_STORE_KIND: named?.[1] ?? '', EVENTLOOM_PLAY: named?.[2] ?? '' })[
        'collector'
      ] as Service
      const server = await startElasticsearch()
      try {
        expect(collector.environment?.['EVENTLOOM_STORE_ELASTICSEARCH_NODES']).toBe('http://elasticsearch:9200')
        await play('elasticsearch', collector, {
          EVENTLOOM_STORE_ELASTICSEARCH_NODES: server.url,
          EVENTLOOM_STORE_ELASTICSEARCH_PREFIX: 'compose-test',
        })
      } finally {
        await server.stop()
      }
    },
  )

  it('starts the version of Elasticsearch that the tests run, and starts again what ended', () => {
    const all = services()
    expect(all['elasticsearch']?.image).toBe(
      `docker.elastic.co/elasticsearch/elasticsearch:${process.env['ELASTICSEARCH_VERSION'] === undefined ? VERSION : '9.1.0'}`,
    )
    for (const [name, { restart }] of Object.entries(all))
      expect(restart, name).toBe(name === 'token' ? undefined : 'unless-stopped')
  })

  it('builds images of files that exist and that .dockerignore lets pass', () => {
    const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n')
    for (const [name, { build }] of Object.entries(services())) {
      if (build === undefined) continue
      const copied = readFileSync(join(ROOT, build.dockerfile), 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)
      for (const path of [...copied].flatMap(([, paths]) => paths?.split(' ') ?? [])) {
        expect(existsSync(join(ROOT, path)), `${name}: ${path}`).toBe(true)
        expect(ignored, name).toContain(`!${path.split('/')[0]}`)
      }
    }
  })

  it('shows dashboards only of files that exist', () => {
    expect(globSync('*.json', { cwd: join(ROOT, 'provisioning/grafana/dashboards/metrics') })).toHaveLength(1)
  })
})
