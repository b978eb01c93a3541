import { createServer, connect, type AddressInfo, type Socket } from 'node:net'

/** A TCP proxy between a client and a server, to break connections that neither of the two breaks. */
export interface TcpProxy {
  readonly port: number
  readonly connections: number
  /** RST to the client, as a load balancer does that was restarted. */
  reset(): void
  /** FIN to the client in the middle of whatever is under way. */
  end(): void
  /** Nothing passes any more and nobody is told, as behind a firewall that forgot the connection. New connections work. */
  stall(): void
  close(): Promise<void>
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const clients = new Map<Socket, Socket>()
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    clients.set(client, upstream)
    client.pipe(upstream)
    upstream.pipe(client)
    client.on('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.resetAndDestroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return clients.size
    },
    reset: () => [...clients.keys()].forEach((client) => client.resetAndDestroy()),
    end: () => [...clients.keys()].forEach((client) => client.end()),
    stall: () => {
      for (const [client, upstream] of clients) {
        client.unpipe()
        client.pause()
        upstream.unpipe()
        upstream.pause()
      }
    },
    close: async () => {
      for (const client of clients.keys()) client.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
