import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { badDay } from '../support/bad-day.ts'
import { runCommand } from '../support/cli.ts'
import { until } from '../support/collector-process.ts'

describe('the collector on a bad day', () => {
  const day = badDay()

  it('says that its credentials are refused, is not ready, and goes on when they are accepted again', async () => {
    day.createSome(2)
    day.server.requireToken('right')
    const { kubeconfig } = day.server
    day.server.requireToken('other')
    await day.start({ kubeconfig })
    await day.becomes(503, 'does not accept the credentials')
    day.server.requireToken('right')
    await day.caughtUp()
    await day.becomes(200)
  })

  it('waits while the disk is full, says so, loses nothing accepted, and goes on when there is room', async ({
    skip,
  }) => {
    const disk = join(day.directory, 'disk')
    try {
      execFileSync('mkdir', [disk])
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch (error) {
      if (process.env.CI !== undefined) throw error
      return skip('a small file system can be mounted by root only')
    }
    try {
      const data = join(disk, 'data')
      day.createSome(10)
      await day.start({ data })
      await day.caughtUp()
      const filler = join(disk, 'filler')
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=64k 2>/dev/null || true`])
      day.createSome(400, 'x'.repeat(3_000))
      await day.becomes(503, 'full')
      expect((await fetch(`${day.collector?.url}/healthz`)).status).toBe(200)
      rmSync(filler)
      const { observations } = await day.caughtUp(60_000)
      expect(observations).toHaveLength(410)
      await day.becomes(200)
      await day.collector?.kill()
      await day.start({ data })
      expect((await day.caughtUp()).observations).toHaveLength(410)
    } finally {
      await day.collector?.kill()
      execFileSync('umount', ['-l', disk])
    }
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends within seconds of a %s while the disk is full', async (signal) => {
    const disk = join(day.directory, 'disk')
    execFileSync('mkdir', [disk])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'pipe' })
    try {
      const data = join(disk, 'data')
      day.createSome(10)
      const collector = await day.start({ data })
      await day.caughtUp()
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${join(disk, 'filler')} bs=64k 2>/dev/null || true`])
      day.createSome(400, 'x'.repeat(3_000))
      await day.becomes(503, 'full')
      const asked = performance.now()
      process.kill(collector.pid, signal)
      await until(
        async () => !existsSync(`/proc/${collector.pid}`),
        60_000,
        () => collector.output(),
      )
      // Two seconds for the disk, five for the store; a machine that does much else takes some more.
      expect(performance.now() - asked).toBeLessThan(20_000)
    } finally {
      await day.collector?.kill()
      execFileSync('umount', ['-l', disk])
    }
  })

  it('lists every mistake of a configuration, and starts nothing', async () => {
    const config = join(day.directory, 'wrong.yaml')
    writeFileSync(
      config,
      `data: ${day.data}\nstore: { kind: papyrus }\nretention: { maxAge: { info: soon } }\nbufer: {}\n`,
    )
    const { code, stdout, stderr } = await runCommand(['run', '--config', config])
    expect(code).toBe(2)
    for (const words of ['wrong.yaml:2', 'papyrus', 'wrong.yaml:3', 'soon', 'wrong.yaml:4', 'bufer']) {
      expect(stdout + stderr).toContain(words)
    }
    expect(existsSync(day.data)).toBe(false)
  })
})
