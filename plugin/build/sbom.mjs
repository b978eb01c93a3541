// Writes what a release is made of, as CycloneDX (software bill of materials): one file for the collector's packages and one for the
// plugin's front end, from the lock files. `npm run build` leaves them beside the archive; the modules of the executables are in
// the executables themselves: go version -m FILE.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '..')
const ROOT = join(PLUGIN, '..')

/** What each file tells of: where its lock file is, and which part of that. */
const PARTS = [
  { name: 'eventloom-collector', cwd: ROOT, more: ['--workspace', 'collector'] },
  { name: 'eventloom-plugin', cwd: PLUGIN, more: [] },
]

/** @returns the text of a bill for each part, by its name. */
export function billsOfMaterials() {
  const flags = ['sbom', '--package-lock-only', '--omit', 'dev', '--sbom-format', 'cyclonedx']
  return PARTS.map(({ name, cwd, more }) => ({
    name,
    text: execFileSync('npm', [...flags, ...more], { cwd, encoding: 'utf8', maxBuffer: 1e9 }),
  }))
}

/** @returns the paths of the files. */
export function writeSboms() {
  return billsOfMaterials().map(({ name, text }) => {
    const path = join(PLUGIN, `${name}.cdx.json`)
    writeFileSync(path, text)
    return path
  })
}

if (import.meta.main) for (const path of writeSboms()) console.log(path)
