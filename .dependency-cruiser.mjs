/** The import rules of ARCHITECTURE.md, "Layout". A stage knows the shared words and itself; the order is pipeline's. */

const STAGES = 'source|normalize|gate|classify|topology|problem|correlate|detect|incident|alert|buffer'
const SHARED = '^collector/src/(clock\\.ts|event/|expression/)'

const home = (name, library, folders) => ({
  name: `home-of-${name}`,
  comment: `${library} is known in ${folders} only.`,
  severity: 'error',
  from: { path: '^collector/src/', pathNot: `^collector/src/(${folders})` },
  to: { path: `node_modules/${library}/` },
})

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'stages-know-only-shared-words',
      comment: 'A stage imports event/, expression/, clock.ts and itself.',
      severity: 'error',
      from: { path: `^collector/src/(${STAGES})/` },
      to: { path: '^collector/src/', pathNot: [SHARED, '^collector/src/$1/', '^collector/src/store/store\\.ts$'] },
    },
    {
      name: 'only-gate-knows-the-store-contract',
      severity: 'error',
      from: {
        path: `^collector/src/(source|normalize|classify|topology|problem|correlate|detect|incident|alert|buffer)/`,
        pathNot: '\\.test\\.ts$',
      },
      to: { path: '^collector/src/store/' },
    },
    {
      name: 'event-imports-nothing-but-clock',
      severity: 'error',
      from: { path: '^collector/src/event/' },
      to: { path: '^collector/src/', pathNot: '^collector/src/(event/|clock\\.ts)' },
    },
    {
      name: 'stores-know-query-and-event',
      severity: 'error',
      from: { path: '^collector/src/store/' },
      to: { path: '^collector/src/', pathNot: '^collector/src/(store|query|event)/|^collector/src/clock\\.ts' },
    },
    {
      name: 'query-knows-event',
      severity: 'error',
      from: { path: '^collector/src/query/' },
      to: { path: '^collector/src/', pathNot: '^collector/src/(query|event)/|^collector/src/clock\\.ts' },
    },
    {
      name: 'only-app-names-a-backend',
      severity: 'error',
      from: { path: '^collector/src/', pathNot: '^collector/src/(store/|app\\.ts)|\\.test\\.ts$' },
      to: { path: '^collector/src/store/(duckdb|elasticsearch|memory)/' },
    },
    {
      name: 'commands-are-asked-for-from-above',
      comment: 'What a command does says its own types; the command line, which calls it, takes them from there.',
      severity: 'error',
      from: { path: '^collector/src/(run/|app\\.ts)' },
      to: { path: '^collector/src/cli/(cli|actions|program)\\.ts' },
    },
    {
      name: 'doors',
      comment: "Other folders import a folder's doors, not what is behind them.",
      severity: 'error',
      from: { path: '^collector/src/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: `^collector/src/(${STAGES}|pipeline)/`,
        pathNot: ['^collector/src/$1/', '^collector/src/([^/]+)/\\1\\.ts$', '^collector/src/buffer/retry\\.ts$'],
      },
    },
    home('tinyqueue', 'tinyqueue', 'problem/'),
    home('duckdb', '@duckdb', 'store/duckdb/'),
    home('elasticsearch', '@elastic', 'store/elasticsearch/'),
    home('client-node', '@kubernetes/client-node', 'source/'),
    home('undici', 'undici', 'source/|cli/|notify/ask'),
    home('cel', '@marcbachmann', 'expression/'),
    home('re2', 're2js', 'expression/'),
    home('express', 'express', 'api/'),
    home('commander', 'commander', 'cli/'),
    home('pino', 'pino', 'telemetry/'),
    home('prom-client', 'prom-client', 'telemetry/'),
    home('yaml', 'yaml', 'config/|expression/|source/recording/|cli/|run/alert-rules'),
    home('mcp', '@modelcontextprotocol', 'mcp/'),
    home('zod', 'zod', 'config/|query/|api/|mcp/|alert/|run/alert-cases|store/record-shapes'),
    home('luxon', 'luxon', 'query/|store/|notify/quiet-hours'),
    home('nodemailer', 'nodemailer', 'notify/receivers/email'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.json'] },
  },
}
