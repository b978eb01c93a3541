// Packs dist/ as Grafana installs a plugin: a zip whose only folder is named as the plugin. `npm run build` leaves it beside
// dist/; to sign it is a step of its own, with a token of its maker's account at grafana.com.
import { zipSync } from 'fflate'
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '..')
const DIST = join(PLUGIN, 'dist')

/** The number by which a zip says that its files have the permissions of Unix. */
const UNIX = 3

/** @returns the path of the archive. */
export function archive() {
  const { id, info } = JSON.parse(readFileSync(join(DIST, 'plugin.json'), 'utf8'))
  const entries = {}
  for (const path of globSync('**', { cwd: DIST }).sort()) {
    const file = join(DIST, path)
    const { mode } = statSync(file)
    if (statSync(file).isFile())
      entries[`${id}/${path}`] = [readFileSync(file), { os: UNIX, attrs: (mode << 16) >>> 0 }]
  }
  const path = join(PLUGIN, `${id}-${info.version}.zip`)
  writeFileSync(path, zipSync(entries))
  return path
}
