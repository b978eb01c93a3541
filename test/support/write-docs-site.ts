import { cpSync, globSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOT, textOf } from './doc-commands.ts'

/** What a page loads: nothing comes from elsewhere. */
const ASSETS = ['docsify.min.js', 'plugins/search.min.js', 'themes/core.min.css', 'themes/addons/core-dark.min.css']
const FILES = globSync(['*.md', 'docs/*.md', 'docs/images/*', '{collector/recordings,provisioning/kubernetes,plugin}/*.md'], { cwd: ROOT }) // prettier-ignore

/** Writes the pages as a site with search, beside those of other versions that are there already. */
export function writeDocsSite(folder: string): void {
  const { version } = JSON.parse(textOf('package.json')) as { version: string }
  for (const file of FILES) copy(file, join(folder, version))
  for (const asset of ASSETS)
    cpSync(
      fileURLToPath(import.meta.resolve(`docsify/dist/${asset}`)),
      join(folder, version, 'assets', basename(asset)),
    )
  writeFileSync(join(folder, version, '_sidebar.md'), sidebar(version))
  writeFileSync(join(folder, version, 'index.html'), page(version))
  // Else GitHub's own generator would leave out what begins with "_".
  writeFileSync(join(folder, '.nojekyll'), '')
  writeFileSync(join(folder, 'index.html'), versions(folder))
}

/** A file as it is; of a page, links lead from the root, those to what is no page to the file itself, which comes along. */
function copy(file: string, folder: string): void {
  if (!file.endsWith('.md')) return cpSync(join(ROOT, file), join(folder, file))
  const text = textOf(file).replaceAll(/(?<!!)(\[[^\]]*\])\((?!\w+:|#|<)([^)\s]+)\)/g, (_, words: string, target: string) => {
    const path = join(dirname(file), target)
    if (/\.md(#|$)/.test(path)) return `${words}(/${path})`
    cpSync(join(ROOT, path), join(folder, path))
    return `${words}(${path} ':ignore')`
  }) // prettier-ignore
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}

/** The tables of docs/README.md as a menu. */
function sidebar(version: string): string {
  const lines = textOf('docs/README.md').split('\n').flatMap((line) => {
    const heading = /^## (.+)/.exec(line)?.[1]
    if (heading !== undefined) return [`- **${heading}**`]
    if (!line.startsWith('| [')) return []
    const [, cell = ''] = line.split('|')
    return [...cell.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)].map(([, name = '', path = '']) => `  - [${titleOf(name, path)}](/${join('docs', path)})`) // prettier-ignore
  }) // prettier-ignore
  return [...lines, `- [Version ${version}, and others](../index.html ':ignore')`, ''].join('\n')
}

/** The heading of a page: nobody looks for `cli.md`. */
function titleOf(name: string, path: string): string {
  return /^# (.+)$/m.exec(textOf(join('docs', path)))?.[1] ?? name
}

function page(version: string): string {
  const settings = {
    name: `Eventloom ${version}`,
    nameLink: '#/',
    homepage: 'README.md',
    loadSidebar: '/_sidebar.md',
    alias: { '/.*/_sidebar.md': '/_sidebar.md' },
    subMaxLevel: 2,
    auto2top: true,
    noEmoji: true,
    search: { paths: 'auto', depth: 4, hideOtherSidebarContent: true, namespace: version, noData: 'Nothing has these words.' },
  } // prettier-ignore
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Eventloom</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="assets/core.min.css" />
    <link rel="stylesheet" href="assets/core-dark.min.css" media="(prefers-color-scheme: dark)" />
  </head>
  <body>
    <div id="app"></div>
    <script>window.$docsify = ${JSON.stringify(settings)}</script>
    <script src="assets/docsify.min.js"></script>
    <script src="assets/search.min.js"></script>
  </body>
</html>
`
}

function versions(folder: string): string {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
  const items = found.map((name) => `<li><a href="${name}/">Eventloom ${name}</a></li>`)
  return `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>Eventloom</title><link rel="icon" href="data:," /></head>
  <body><h1>Eventloom: documentation</h1><ul>${items.join('')}</ul></body>
</html>
`
}

if (import.meta.main) {
  const folder = process.argv[2] ?? join(ROOT, 'docs-site')
  writeDocsSite(folder)
  console.log(
    `${FILES.length} files in ${folder}. Serve them with any web server, for example: npx http-server ${folder}`,
  )
}
