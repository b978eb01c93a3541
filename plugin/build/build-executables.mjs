// Builds the executables that Grafana starts, and the manifest that its validator compares them with. Without them
// Grafana loads the plugin and every query fails, so that is no build.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '..')
const DIST = join(PLUGIN, 'dist')

/** Ends the build when Go is missing, with what to install: before minutes are spent on the rest. */
export function requireGo() {
  if (hasGo()) return
  console.error(
    'The plugin needs an executable for Grafana, and Go is missing to build it. Install Go 1.26 or newer (https://go.dev/dl, or the package golang), or build the image, which brings its own: docker build -f plugin/Dockerfile .',
  )
  process.exit(1)
}

/** @param architectures Go's names, as `amd64`. */
export function buildExecutables(architectures) {
  const { executable } = JSON.parse(readFileSync(join(PLUGIN, 'src', 'plugin.json'), 'utf8'))
  for (const architecture of architectures) {
    const file = join(DIST, `${executable}_linux_${architecture}`)
    execFileSync('go', ['build', '-trimpath', '-ldflags', '-s -w', '-o', file, './pkg'], {
      cwd: PLUGIN,
      stdio: 'inherit',
      env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: architecture },
    })
    chmodSync(file, 0o755)
  }
  writeFileSync(join(DIST, 'go_plugin_build_manifest'), manifest())
}

/** A line for each Go file: its SHA-256 and its path, as Grafana's build does it. */
function manifest() {
  const files = globSync('**/*.go', { cwd: PLUGIN, exclude: ['node_modules/**', 'dist/**'] }).sort()
  return files
    .map(
      (file) =>
        `${createHash('sha256')
          .update(readFileSync(join(PLUGIN, file)))
          .digest('hex')}:${file}\n`,
    )
    .join('')
}

function hasGo() {
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
