import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { until } from './collector-process.ts'

const BINARY = process.env['ALERTMANAGER'] ?? '/usr/bin/prometheus-alertmanager'

/** A running Alertmanager that tells one webhook of everything, each alert by itself. */
export interface Alertmanager {
  readonly url: string
  stop(): Promise<void>
}

/** Installs Debian's Alertmanager where it is missing, and starts it in a directory, on a port of loopback. */
export async function startAlertmanager(directory: string, port: number, webhook: string): Promise<Alertmanager> {
  install()
  const config = join(directory, 'alertmanager.json')
  const route = { receiver: 'hook', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '24h' }
  const receivers = [{ name: 'hook', webhook_configs: [{ url: webhook, send_resolved: true }] }]
  writeFileSync(config, JSON.stringify({ route, receivers }))
  const url = `http://127.0.0.1:${port}`
  const flags = [
    `--config.file=${config}`,
    `--storage.path=${join(directory, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]
  const child = spawn(BINARY, flags, { stdio: ['ignore', 'ignore', 'pipe'] })
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const isReady = () => fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  ) // prettier-ignore
  await until(isReady, 60_000, () => printed)
  return { url, stop: () => end(child) }
}

function install(): void {
  if (existsSync(BINARY)) return
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'prometheus-alertmanager'],
  ])
    // prettier-ignore
    spawnSync('apt-get', words, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  if (!existsSync(BINARY)) throw new Error(`There is no ${BINARY}: install prometheus-alertmanager`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}
