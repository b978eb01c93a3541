import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'

const BUILD = join(import.meta.dirname, '..', '..', 'plugin', 'build', 'build.mjs')

it('builds no plugin without Go, and says at once what to install', () => {
  const { status, stderr } = spawnSync(process.execPath, [BUILD], {
    env: { PATH: dirname(process.execPath) },
    encoding: 'utf8',
  })
  expect(status).toBe(1)
  expect(stderr).toContain('Install Go 1.26 or newer')
})
