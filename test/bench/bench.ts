import { cpus, totalmem } from 'node:os'

/**
 * `npm run -s bench -- NAME [--json]`: one measurement, as a curve where it is one. Figures of different machines do not
 * compare; ratios inside one run do. `docs/performance.md` has the last results.
 */
export interface Bench {
  readonly description: string
  /** What was measured, by name, with the unit in the name. */
  run(): Promise<Readonly<Record<string, unknown>>>
}

const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
  ingest: () => import('./ingest.ts'),
  latency: () => import('./latency.ts'),
  relist: () => import('./relist.ts'),
  histogram: () => import('./histogram.ts'),
  mixed: () => import('./mixed.ts'),
  rules: () => import('./rules.ts'),
  disk: () => import('./disk.ts'),
  records: () => import('./records.ts'),
  incidents: () => import('./incidents.ts'),
  objects: () => import('./objects.ts'),
  templates: () => import('./templates.ts'),
  symptom: () => import('./symptom.ts'),
  bounds: () => import('./bounds.ts'),
  start: () => import('./start.ts'),
  kill: () => import('./kill.ts'),
  commit: () => import('./commit.ts'),
  grafana: () => import('./grafana.ts'),
  viewers: () => import('./viewers.ts'),
  'es-ingest': () => import('./elasticsearch-ingest.ts'),
  'es-query': () => import('./elasticsearch-query.ts'),
  'es-outage': () => import('./elasticsearch-outage.ts'),
}

const [name = '', ...flags] = process.argv.slice(2)
const load = BENCHES[name]
if (load === undefined) {
  console.error(`Usage: npm run -s bench -- NAME [--json], where NAME is one of: ${Object.keys(BENCHES).join(', ')}`)
  process.exitCode = 2
} else {
  const { bench } = await load()
  const started = performance.now()
  const figures = await bench.run()
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, memoryBytes: totalmem(), node: process.version }
  const result = { bench: name, ...figures, seconds: round((performance.now() - started) / 1000), machine }
  if (flags.includes('--json')) console.log(JSON.stringify(result))
  else console.log(`${bench.description}\n${JSON.stringify(result, null, 2)}`)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
