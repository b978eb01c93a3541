// Serves the page of an editor, and passes on to a collector what Grafana's server would: resources and queries.
import { build } from 'esbuild'
import { createReadStream, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '..')
const MODULES = join(PLUGIN, 'node_modules')
const RESOURCES = '/api/datasources/uid/eventloom/resources/'

const HTML = `<!doctype html>
<html lang="en-US">
  <head>
    <meta charset="utf-8" />
    <title>Eventloom</title>
    <style>
      .editor { box-sizing: border-box; padding: 16px; }
      .title { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
      /* The list of suggestions hangs below the last line. */
      body { min-height: 100vh; }
    </style>
    <script>window.__grafana_public_path__ = '/public/'; window.grafanaBootData = { settings: {}, user: {}, navTree: [] };</script>
  </head>
  <body>
    <div id="root"></div>
    <script type="module" src="/page.js"></script>
  </body>
</html>`

const NO_ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'

/**
 * @param collector URL of a running collector.
 * @returns the URL of the page, and how to stop it.
 */
export async function servePage(collector) {
  const bundle = await bundlePage()
  const server = createServer((request, response) => {
    answer(request, response, bundle, collector).catch((error) =>
      response.writeHead(502).end(JSON.stringify({ message: String(error) })),
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}

async function answer(request, response, bundle, collector) {
  const { pathname } = new URL(request.url, 'http://page')
  if (pathname === '/') return response.writeHead(200, { 'Content-Type': 'text/html' }).end(HTML)
  if (pathname === '/favicon.ico') return response.writeHead(204).end()
  if (pathname === '/page.js') return response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(bundle)
  // Grafana draws it itself; the package does not carry it.
  if (pathname.endsWith('/spinner.svg'))
    return response.writeHead(200, { 'Content-Type': 'image/svg+xml' }).end(NO_ICON)
  if (pathname.startsWith('/public/')) return sendFile(response, publicFile(pathname.slice('/public/'.length)))
  if (pathname.startsWith(RESOURCES))
    return pass(request, response, `${collector}/api/v1/grafana/${pathname.slice(RESOURCES.length)}`)
  response
    .writeHead(404, { 'Content-Type': 'application/json' })
    .end(JSON.stringify({ message: `nothing at ${pathname}` }))
}

async function pass(request, response, url) {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const answered = await fetch(url, {
    method: request.method,
    headers: { 'Content-Type': 'application/json' },
    body: Buffer.concat(chunks),
  })
  response.writeHead(answered.status, { 'Content-Type': 'application/json' }).end(await answered.text())
}

/** Grafana's icons and fonts, from the packages that carry them. */
function publicFile(path) {
  const icon = /(?:build\/)?img\/icons\/(.+\.svg)$/.exec(path)
  if (icon !== null) return join(MODULES, '@grafana', 'ui', 'dist', 'public', 'img', 'icons', icon[1])
  if (path.includes('roboto'))
    return join(MODULES, '@fontsource', 'roboto-mono', 'files', 'roboto-mono-latin-400-normal.woff2')
  const weight = path.includes('Medium') ? 500 : 400
  return join(MODULES, '@fontsource', 'inter', 'files', `inter-latin-${weight}-normal.woff2`)
}

function sendFile(response, file) {
  if (!file.startsWith(MODULES) || file.includes('..') || !existsSync(file))
    return response.writeHead(404).end(`no file ${file}`)
  response.writeHead(200, { 'Content-Type': file.endsWith('.svg') ? 'image/svg+xml' : 'font/woff2' })
  createReadStream(file).pipe(response)
}

async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [join(PLUGIN, 'page', 'page.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    minify: true,
    logLevel: 'error',
    loader: { '.css': 'empty', '.svg': 'dataurl' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
  })
  return outputFiles[0].contents
}
