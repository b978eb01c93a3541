// Checks in dist/ what Grafana's validator would refuse, as far as it can be told here, and what would break in a Grafana of
// another version.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const PLUGIN = join(import.meta.dirname, '..')
const DIST = join(PLUGIN, 'dist')

/** The part that every page with a panel of ours loads. */
const MOST_GZIP_BYTES = 250_000

/** Files of a plugin that have an ending. */
const BELONGS = [
  /^(module|\d+)\.js(\.map)?$/,
  /^plugin\.json$/,
  /^(README|CHANGELOG)\.md$/,
  /^dashboards\/\w+\.json$/,
  /^img\/[\w-]+\.(svg|png)$/,
  /^locales\/[\w-]+\/[\w-]+\.json$/,
]

/** Says every problem, and whether there is none. */
export function verifyDist({ isFrontEndOnly }) {
  const problems = []
  const expect = (holds, problem) => holds || problems.push(problem)
  const read = (file) => (existsSync(join(DIST, file)) ? readFileSync(join(DIST, file), 'utf8') : '')

  const manifest = JSON.parse(read('plugin.json') || '{}')
  const { id = '', info = {}, executable = '', includes = [], languages = [] } = manifest
  const version = JSON.parse(readFileSync(join(PLUGIN, 'package.json'), 'utf8')).version

  expect(
    /^[0-9a-z]+-([0-9a-z]+-)?(app|panel|datasource)$/.test(id),
    `plugin.json: the id "${id}" has not the form that Grafana asks for`,
  )
  expect(info.version === version, `plugin.json: version ${info.version} is not that of package.json, ${version}`)
  expect(/^\d{4}-\d\d-\d\d$/.test(info.updated ?? ''), `plugin.json: "${info.updated}" is no date`)
  expect(manifest.buildMode === 'production', 'plugin.json: not a production build')
  expect(
    /^>=\d+\.\d+\.\d+$/.test(manifest.dependencies?.grafanaDependency ?? ''),
    'plugin.json: grafanaDependency is not the oldest version of Grafana alone',
  )
  expect(
    info.description && info.author?.name && (info.keywords ?? []).length > 0,
    'plugin.json: description, author or keywords are missing',
  )

  const named = [
    ...Object.values(info.logos ?? {}),
    ...(info.screenshots ?? []).map(({ path }) => path),
    ...includes.map(({ path }) => path),
  ]
  const translations = languages.map((language) => `locales/${language}/${id}.json`)
  for (const file of ['module.js', 'README.md', 'CHANGELOG.md', 'LICENSE', ...named, ...translations]) {
    expect(existsSync(join(DIST, file)) && statSync(join(DIST, file)).size > 0, `${file} is missing or empty`)
  }
  for (const { path } of includes.filter(({ type }) => type === 'dashboard'))
    expect(isJson(read(path)), `${path} is no JSON`)
  // Among them what a debugging session leaves, which the validator refuses by name.
  for (const file of globSync('**/*.*', { cwd: DIST }))
    expect(
      BELONGS.some((pattern) => pattern.test(file)),
      `${file} does not belong into a plugin`,
    )
  for (const logo of globSync('**/*.svg', { cwd: DIST })) {
    expect(!/<script|\son\w+=|javascript:|<foreignObject/i.test(read(logo)), `${logo} could run scripts`)
  }
  expect(!/\bTODO\b|A template for building/i.test(read('README.md')), 'README.md is the template')
  expect(/^## \d+\.\d+\.\d+/m.test(read('CHANGELOG.md')), 'CHANGELOG.md names no version')
  expect(
    readFileSync(join(PLUGIN, 'LICENSE'), 'utf8') === readFileSync(join(PLUGIN, '..', 'LICENSE'), 'utf8'),
    'LICENSE is not that of the repository',
  )

  const bundle = read('module.js')
  const externals = /define\(\[([^\]]*)\]/.exec(bundle)?.[1] ?? ''
  for (const shared of ['react', 'react/jsx-runtime', '@grafana/data', '@grafana/ui', '@grafana/runtime', 'rxjs']) {
    expect(externals.includes(`"${shared}"`), `module.js does not take ${shared} from Grafana`)
  }
  const scripts = globSync('*.js', { cwd: DIST })
  for (const script of scripts) {
    const text = read(script)
    expect(
      !text.includes('react.element') && !text.includes('__SECRET_INTERNALS'),
      `${script} holds a React of its own`,
    )
    expect(!/\beval\(|new Function\(/.test(text), `${script} makes code of text`)
    expect(existsSync(join(DIST, `${script}.map`)), `${script} has no source map`)
  }
  const bytes = gzipSync(bundle).length
  expect(bytes <= MOST_GZIP_BYTES, `module.js has ${bytes} bytes (gzip), more than ${MOST_GZIP_BYTES}`)

  const executables = globSync(`${executable}_*`, { cwd: DIST })
  expect(isFrontEndOnly || executables.length > 0, 'there is no executable, and the plugin has a backend')
  for (const file of executables) {
    const { mode } = statSync(join(DIST, file))
    expect((mode & 0o777) === 0o755, `${file} is not executable by all`)
    expect(existsSync(join(DIST, 'go_plugin_build_manifest')), 'go_plugin_build_manifest is missing')
  }

  for (const problem of problems) console.error(problem)
  const kilobytes = (bytes / 1_000).toFixed(1)
  console.log(
    `${id} ${info.version}: module.js ${kilobytes} kB (gzip), ${executables.length} executables, ${problems.length} problems`,
  )
  return problems.length === 0
}

function isJson(text) {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}
