import { reportStep, runStep, type StepResult } from './run-step.ts'

/** Licences that production dependencies may have. */
const LICENCES = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
  'Unlicense',
  'MIT-0',
  'CC0-1.0',
]

const STEPS: readonly { readonly name: string; readonly run: () => Promise<StepResult> }[] = [
  {
    name: 'lint',
    run: () =>
      runStep('lint', 'eslint', [
        '.',
        '--max-warnings',
        '0',
        '--cache',
        '--cache-location',
        'node_modules/.cache/eslint/',
      ]),
  },
  { name: 'types', run: () => runStep('types', 'tsc', ['-p', '.']) },
  { name: 'format', run: () => runStep('format', 'prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'boundaries', run: boundaries },
  { name: 'circles', run: () => cruised('circles', ['plugin/src', '--config', 'plugin/.dependency-cruiser.mjs']) },
  { name: 'plugin', run: () => runStep('plugin', 'npm', ['--prefix', 'plugin', 'run', '--silent', 'check']) },
  { name: 'dead code', run: () => runStep('dead code', 'knip', ['--no-progress']) },
  { name: 'licences', run: licences },
]

function boundaries(): Promise<StepResult> {
  return cruised('boundaries', ['collector/src', '--config', '.dependency-cruiser.mjs'])
}

/** dependency-cruiser is content with zero modules, for example when it cannot read TypeScript; we are not. */
async function cruised(name: string, words: readonly string[]): Promise<StepResult> {
  const step = await runStep(name, 'depcruise', words)
  const modules = Number(/\((\d+) modules/.exec(step.output)?.[1] ?? 0)
  return modules > 0 ? step : { ...step, ok: false, output: `${step.output}\nIt saw no modules at all.` }
}

function licences(): Promise<StepResult> {
  const allowed = LICENCES.join(';')
  return runStep('licences', 'license-checker-rseidelsohn', [
    '--production',
    '--start',
    'collector',
    '--excludePrivatePackages',
    '--onlyAllow',
    allowed,
  ])
}

const waiting = [...STEPS]
const results: StepResult[] = []

/** Two at a time: as many as the smallest machine has cores. */
async function worker(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const result = await step.run()
    reportStep(result)
    results.push(result)
  }
}

// Two of the steps read them.
const packages = await runStep('packages', 'node', ['plugin/build/install.mjs'])
if (!packages.ok) reportStep(packages)
results.push(packages)
await Promise.all([worker(), worker()])
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1
