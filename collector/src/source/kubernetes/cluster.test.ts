import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeApiServer, type FakeApiServer } from '../../../../test/support/fake-api-server.ts'
import { connectCluster, type Cluster, type ClusterOptions } from './cluster.ts'

interface Part {
  cluster?: { name: string; server: string }
  user?: { name: string; [credential: string]: unknown }
  context?: { name: string; cluster: string; user: string }
  current?: string
}

function kubeconfig({ cluster, user, context, current }: Part): string {
  const { name: userName = '', ...credentials } = user ?? {}
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: cluster === undefined ? [] : [{ name: cluster.name, cluster: { server: cluster.server } }],
    users: user === undefined ? [] : [{ name: userName, user: credentials }],
    contexts: context === undefined ? [] : [{ name: context.name, context }],
    ...(current !== undefined && { 'current-context': current }),
  })
}

describe('connectCluster', () => {
  const signal = new AbortController().signal
  let server: FakeApiServer
  let directory: string
  let clusters: Cluster[]

  beforeEach(async () => {
    server = await startFakeApiServer()
    directory = mkdtempSync(join(tmpdir(), 'eventloom-cluster-'))
    clusters = []
  })

  afterEach(async () => {
    for (const cluster of clusters) await cluster.close()
    await server.close()
    rmSync(directory, { recursive: true })
  })

  function file(name: string, text: string): string {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }

  async function connected(options: ClusterOptions): Promise<Cluster> {
    const cluster = await connectCluster(options)
    clusters.push(cluster)
    return cluster
  }

  function whole(credentials: Record<string, unknown>, url = server.url): string {
    return kubeconfig({
      cluster: { name: 'c', server: url },
      user: { name: 'u', ...credentials },
      context: { name: 'x', cluster: 'c', user: 'u' },
      current: 'x',
    })
  }

  const lastAuthorization = () => server.requests.at(-1)?.authorization

  it('reads the uid of kube-system with the token of the kubeconfig', async () => {
    const cluster = await connected({ kubeconfig: file('config', whole({ token: 'secret' })) })
    expect(await cluster.clusterUid(signal)).toBe('0c0ffee0-0000-4000-8000-000000000001')
    expect(lastAuthorization()).toBe('Bearer secret')
    expect([cluster.name, cluster.server]).toEqual(['x', server.url])
  })

  it('knows no uid where it may not be read, and throws where nothing is known', async () => {
    const cluster = await connected({ kubeconfig: file('config', whole({})) })
    server.setClusterUid(null)
    expect(await cluster.clusterUid(signal)).toBeNull()
    server.fail('uid', { kind: 'status', status: 500, message: 'etcd is ill' })
    await expect(cluster.clusterUid(signal)).rejects.toMatchObject({ name: 'StatusError', status: 500 })
  })

  it('merges files as kubectl does: the first that names something wins', async () => {
    const first = file('first', kubeconfig({ user: { name: 'u', token: 'first' }, current: 'x' }))
    const second = file('second', whole({ token: 'second' }))
    const third = file('third', whole({ token: 'third' }, 'http://127.0.0.1:1'))
    const cluster = await connected({
      environment: { KUBECONFIG: [first, join(directory, 'absent'), second, third].join(':') },
    })
    expect(cluster.server).toBe(server.url)
    await cluster.clusterUid(signal)
    expect(lastAuthorization()).toBe('Bearer first')
  })

  it('takes the context that is asked for', async () => {
    const second = kubeconfig({ context: { name: 'y', cluster: 'c', user: 'u' } })
    const cluster = await connected({
      kubeconfig: [file('a', whole({})), file('b', second)],
      context: 'y',
      name: 'prod',
    })
    expect(cluster.name).toBe('prod')
  })

  const mistakes: { name: string; options: () => ClusterOptions; says: string }[] = [
    { name: 'a file that is not there', options: () => ({ kubeconfig: join(directory, 'absent') }), says: 'does not exist' },
    { name: 'a file that is no YAML', options: () => ({ kubeconfig: file('bad', '{clusters: [') }), says: 'cannot be read' },
    { name: 'a context that is not there', options: () => ({ kubeconfig: file('a', whole({})), context: 'z' }), says: 'no usable context "z": it names x' },
    { name: 'no current context', options: () => ({ kubeconfig: file('a', kubeconfig({})) }), says: 'no current context' },
    { name: 'nothing at all', options: () => ({ environment: { HOME: directory } }), says: 'no kubeconfig' },
    { name: 'a pod that is none', options: () => ({ inCluster: true, environment: {} }), says: 'this is not a pod' },
  ] // prettier-ignore
  for (const { name, options, says } of mistakes) {
    it(`refuses ${name} in words`, async () => {
      await expect(connectCluster(options())).rejects.toThrow(says)
    })
  }

  it('uses a kubeconfig that was replaced, without a restart', async () => {
    const path = file('config', whole({ token: 'old' }))
    const cluster = await connected({ kubeconfig: path })
    await cluster.clusterUid(signal)
    renameSync(file('next', whole({ token: 'renewed' })), path)
    await cluster.clusterUid(signal)
    expect(lastAuthorization()).toBe('Bearer renewed')
  })

  it('runs an exec plug-in, once until it is told to renew', async () => {
    const counter = join(directory, 'runs')
    const script = file(
      'plugin.sh',
      `echo run >> ${counter}\necho '{"kind":"ExecCredential","status":{"token":"'$(wc -l < ${counter} | tr -d ' ')'"}}'\n`,
    )
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'bash', args: [script] }
    const cluster = await connected({ kubeconfig: file('config', whole({ exec })) })
    await cluster.clusterUid(signal)
    await cluster.clusterUid(signal)
    expect(lastAuthorization()).toBe('Bearer 1')
    await cluster.renewCredentials()
    await cluster.clusterUid(signal)
    expect(lastAuthorization()).toBe('Bearer 2')
  })

  it('sends name and password, and whom to impersonate', async () => {
    const cluster = await connected({ kubeconfig: file('config', whole({ username: 'ada', password: 'pw' })) })
    await cluster.clusterUid(signal)
    expect(lastAuthorization()).toBe(`Basic ${Buffer.from('ada:pw').toString('base64')}`)
  })

  it('keeps its connections for requests one after another', async () => {
    const cluster = await connected({ kubeconfig: file('config', whole({})) })
    for (let request = 0; request < 20; request++) await cluster.clusterUid(signal)
    expect(server.connectionsMade).toBeLessThanOrEqual(2)
  })

  describe('through the proxy of the kubeconfig', () => {
    let proxy: Server
    afterEach(() => new Promise((resolve) => proxy.close(resolve)))

    /** A cluster behind a proxy that does `greet` first; it answers with the bytes that belong to the server. */
    async function connectedBehind(scheme: string, greet: (client: Socket) => Promise<Buffer>): Promise<Cluster> {
      proxy = createServer((client) => {
        client.on('error', () => undefined) // Reset when the cluster is closed.
        void greet(client).then((head) => {
          const upstream = connect(Number(new URL(server.url).port), '127.0.0.1')
          upstream.on('error', () => undefined)
          upstream.write(head)
          client.pipe(upstream).pipe(client)
        })
      })
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
      const { port } = proxy.address() as AddressInfo
      const config = JSON.parse(whole({})) as { clusters: { cluster: Record<string, unknown> }[] }
      Object.assign(config.clusters[0]?.cluster ?? {}, { 'proxy-url': `${scheme}://127.0.0.1:${port}` })
      return connected({ kubeconfig: file('config', JSON.stringify(config)) })
    }

    const next = async (client: Socket) => ((await once(client, 'data')) as [Buffer])[0]

    it('goes when it is one for HTTP', async () => {
      const seen: string[] = []
      const cluster = await connectedBehind('http', async (client) => {
        const head = await next(client)
        seen.push(String(head).split('\r\n')[0] ?? '')
        return head
      })
      expect(await cluster.clusterUid(signal)).not.toBeNull()
      expect(seen[0]).toContain(`GET ${server.url}/api/v1/namespaces/kube-system`)
      await cluster.close()
    })

    it('goes when it is one for SOCKS 5', async () => {
      const asked: number[] = []
      const cluster = await connectedBehind('socks5', async (client) => {
        await next(client) // Version and methods; the answer is "no authentication".
        client.write(Buffer.from([5, 0]))
        const request = await next(client)
        asked.push(request.readUInt16BE(request.length - 2))
        client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        return next(client)
      })
      expect(await cluster.clusterUid(signal)).not.toBeNull()
      expect(asked).toEqual([Number(new URL(server.url).port)])
      await cluster.close()
    })
  })

  describe('reach', () => {
    it('says that a server answers, whatever it answers', async () => {
      server.fail('version', { kind: 'status', status: 403 })
      const cluster = await connected({ kubeconfig: file('config', whole({})) })
      expect(await cluster.reach()).toEqual({ isReachable: true })
    })

    it('says in words that nothing listens', async () => {
      const cluster = await connected({ kubeconfig: file('config', whole({})) })
      await server.kill()
      expect(await cluster.reach()).toEqual({
        isReachable: false,
        reason: `${server.url}: nothing listens there: is the cluster running? (ECONNREFUSED)`,
      })
      await server.restart()
    })

    it('says that nothing answers in time', async () => {
      server.fail('version', { kind: 'no answer' })
      const cluster = await connected({ kubeconfig: file('config', whole({})) })
      expect(await cluster.reach(100)).toEqual({ isReachable: false, reason: `${server.url}: no answer within 0.1 s` })
    })
  })
})
