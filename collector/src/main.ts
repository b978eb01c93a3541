import { readFileSync } from 'node:fs'
import type { Surroundings } from './app.ts'
import { runCommandLine, type Actions, type Terminal } from './cli/cli.ts'
import { systemClock } from './clock.ts'
import type { Config } from './config/config.ts'
import { createLogger } from './telemetry/logger.ts'

// The only file that touches `process`: it translates argv, environment, signals and exit code.

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

// What is written holds events: it is for its owner alone.
process.umask(0o077)

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  // A second signal means it: the default action ends the process at once.
  process.once(signal, () => stopping.abort())
}

const terminal: Terminal = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  clock: systemClock,
  signal: stopping.signal,
  version,
}

function surroundings({ log }: Pick<Config, 'log'>): Surroundings {
  const logger = createLogger({
    ...log,
    isTerminal: process.stderr.isTTY,
    write: (line) => void process.stderr.write(line),
  })
  return { clock: systemClock, random: Math.random, logger }
}

// Each command loads what it needs: `query --url` starts without a store, `--help` without anything.
const actions: Actions = {
  run: async (config, options, screen) => {
    const { run } = await import('./run/run.ts')
    return run(config, options, screen, { ...surroundings(config), pid: process.pid, environment: process.env })
  },
  replay: async (config, options, report) => {
    const { replay } = await import('./run/replay.ts')
    return replay(config, options, report, { ...surroundings(config), stdin: process.stdin })
  },
  replayTo: async (collector, config, options, report) => {
    const { replayTo } = await import('./run/replay-to.ts')
    return replayTo(collector, config, options, report, { ...surroundings(config), stdin: process.stdin })
  },
  record: async (config, options, report) => {
    const { record } = await import('./run/record.ts')
    return record(config, options, report, { ...surroundings(config), environment: process.env })
  },
  migrate: async (config, options, report) => {
    const { migrate } = await import('./run/migrate.ts')
    return migrate(config, options, report, surroundings(config))
  },
  reindex: async (config, options, report) => {
    const { reindex } = await import('./app.ts')
    return reindex(config, options, report, surroundings(config))
  },
  listDeadLetters: async (config, limit) => {
    const { listDeadLetters } = await import('./run/dead-letters.ts')
    return listDeadLetters(config, limit, surroundings(config))
  },
  replayDeadLetters: async (config, signal, report) => {
    const { replayDeadLetters } = await import('./run/dead-letters.ts')
    return replayDeadLetters(config, signal, report, surroundings(config))
  },
  testReceiver: async (config, name, options) => {
    const { testReceiver } = await import('./run/test-receiver.ts')
    return testReceiver(config, name, options, { ...surroundings(config), environment: process.env })
  },
  openReader: async (config) => {
    const { openReader } = await import('./run/read.ts')
    return openReader(config, surroundings(config))
  },
  checkRules: async (options) => (await import('./run/check-rules.ts')).checkRules(options),
  testRules: async (options, observations) => (await import('./run/check-rules.ts')).testRules(options, observations),
  alerts: {
    check: async (files) => (await import('./run/alert-rules.ts')).checkAlertRules(files),
    cases: async (rules, text) => (await import('./run/alert-rules.ts')).runAlertCases(rules, text),
    toGrafana: async (rules) => (await import('./run/alert-rules.ts')).exportToGrafana(rules),
  },
}

process.exitCode = await runCommandLine(process.argv.slice(2), actions, terminal)
