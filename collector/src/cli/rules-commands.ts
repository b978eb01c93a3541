import type { Command } from 'commander'
import { alertFileSchema, type AlertRule } from '../alert/alert.ts'
import type { RuleMistake } from '../run/check-rules.ts'
import { CommandError, refuse, UsageError } from './failures.ts'
import { addFlags, readArguments, READER_FLAGS, type CommandFlag } from './flags.ts'
import { loadConfig, readText } from './load-config.ts'
import type { Context } from './context.ts'
import { present, withAnswers, mistakesIn, parametersOf, type ReadingOptions } from './reading.ts'
import { endpointNamed } from '../api/endpoints.ts'
import { caseLines, ruleLines, rulePage, testLines, type TestBody } from './rule-table.ts'
import { cleanLines } from './text.ts'

const OF_RULES: readonly CommandFlag[] = [
  ['config', 'FILE', 'configuration'],
  ['json', null, 'JSON'],
]

interface RuleOptions {
  readonly config?: string
  readonly json?: true
}

export function addRulesCommands(program: Command, context: Context): void {
  const group = program.command('rules').summary('alert rules: list, explain, check, try and export them')
  addList(group, context)
  addShow(group, context)
  addCheck(group, context)
  addTest(group, context)
  addExport(group, context)
  addSchema(group, context)
}

function addSchema(group: Command, { output }: Context): void {
  const command = group.command('schema').description('Prints the JSON schema of files with alert rules, for editors.')
  command.action(async () => {
    refuse(readArguments(command, 0).problems)
    await output.line(JSON.stringify(alertFileSchema, null, 2))
  })
}

function addList(group: Command, context: Context): void {
  const command = group
    .command('list')
    .summary('the alert rules that are in force')
    .description('The alert rules that are in force: those that come with Eventloom, and those of the configuration.')
  addFlags(command, OF_RULES)
  command.action(async () => {
    refuse(readArguments(command, 0).problems)
    const options = command.opts<RuleOptions>()
    const rules = await configuredRules(options, context)
    const { output } = context
    if (options.json === true) return output.line(JSON.stringify({ rules: rules.map(({ source }) => source) }, null, 1))
    for (const line of ruleLines(rules, { columns: output.columns, hasTitle: output.isTerminal }))
      await output.line(line)
  })
}

function addShow(group: Command, context: Context): void {
  const command = group
    .command('show')
    .argument('<name>', 'for example "crash loop"')
    .summary('what one alert rule means, and how it stands in a file')
    .description('What one alert rule means, and how it stands in a file: copy it from here to change it.')
  addFlags(command, OF_RULES)
  command.action(async () => {
    const { words, problems } = readArguments(command, 10)
    refuse(problems)
    const options = command.opts<RuleOptions>()
    const rules = await configuredRules(options, context)
    const name = words.join(' ')
    const rule = rules.find((each) => each.name === name)
    if (rule === undefined) throw new CommandError(`There is no rule "${name}". There are: ${rules.map((each) => each.name).join(', ')}.`) // prettier-ignore
    if (options.json === true) return context.output.line(JSON.stringify(rule.source, null, 1))
    for (const line of rulePage(rule)) await context.output.line(line)
  })
}

function addCheck(group: Command, { actions, terminal, output, errors, exit }: Context): void {
  const command = group
    .command('check')
    .argument(
      '[file...]',
      'files with alert rules, rules of causes, or rules that classify (default: those of the configuration)',
    )
    .summary('every mistake of rule files')
    .description('Lists every mistake of rule files with its place and what to write instead.')
  addFlags(command, OF_RULES)
  command.action(async () => {
    const { words, problems: wrong } = readArguments(command, Infinity)
    refuse(wrong)
    const options = command.opts<RuleOptions>()
    const { rules: classifying, alerts, incidents } = await loadConfig(options, terminal)
    const texts = await Promise.all(words.map((file) => readText(file).catch(() => '')))
    const named = Map.groupBy(words, (_, place) => kindOf(texts[place] ?? ''))
    const isNamed = words.length > 0
    const ofAlerts = isNamed ? (named.get('alerts') ?? []) : alerts.files
    const ofIncidents = isNamed ? (named.get('incidents') ?? []) : incidents.rules
    const files = isNamed ? (named.get('events') ?? []) : classifying.files
    const found = await actions.alerts.check({ files: ofAlerts, shipped: words.length === 0 && alerts.shipped })
    const report = await actions.checkRules({ files, ofIncidents, shipped: classifying.shipped, clock: terminal.clock })
    const problems = [...report.problems, ...found.problems]
    exit(problems.length === 0 ? 0 : 2)
    const all = { rules: report.rules, alerts: found.rules.length, problems, warnings: report.warnings }
    if (options.json === true) return output.line(JSON.stringify(all, null, 1))
    for (const mistake of problems) await errors.line(cleanLines(mistakeText(mistake)))
    for (const mistake of report.warnings) await errors.line(cleanLines(`Warning: ${mistakeText(mistake)}`))
    if (problems.length > 0) return
    const isAsked = !isNamed || files.length + ofIncidents.length > 0
    if (isAsked) await output.line(`${report.rules} rules and filters are right.`)
    if (found.rules.length > 0) await output.line(`${found.rules.length} alert rules are right.`)
  })
}

/** A file with alert rules has them under `alerts`, one of causes has `causes` and `leads`, one that classifies `rules` and `filters`. */
function kindOf(text: string): 'alerts' | 'incidents' | 'events' {
  const holds = (key: string) => new RegExp(`^['"]?${key}['"]?\\s*:|^\\s*\\{\\s*['"]?${key}`, 'm').test(text)
  return holds('alerts') ? 'alerts' : holds('(?:causes|leads)') ? 'incidents' : 'events'
}

const TEST_FLAGS: readonly CommandFlag[] = [
  ['from', 'TIME', 'start of the range: RFC 3339, a date, -30d (default: the newest 30 days of what is stored)'],
  ['to', 'TIME', 'end of the range (default: now; of a recording, its end)'],
  ['name', 'NAME', 'only the rule of this name'],
  ['cases', 'FILE', 'given events, expect alerts: plays the cases of this file instead of what is stored'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to', 'limit', 'wide'].includes(name)),
]

function addTest(group: Command, context: Context): void {
  const command = group
    .command('test')
    .argument('[file]', 'a file with alert rules (default: those in force)')
    .summary('when alert rules would have fired on what is stored')
    .description(
      'When alert rules would have fired on what is stored: how often, how long, on what, how many messages, and what another patience ' +
        'or threshold would change. It is the same sweep that judges live. Changes nothing.',
    )
  addFlags(command, TEST_FLAGS)
  command.addHelpText(
    'after',
    `
Examples:
  eventloom rules test --from -30d
  eventloom rules test mounts.yaml --from -7d
  eventloom rules test mounts.yaml --cases mounts.cases.yaml`,
  )
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    const { cases, ...flags } = command.opts<ReadingOptions & { readonly cases?: string }>()
    refuse(problems)
    if (cases !== undefined) return testCases(words[0], cases, flags, context)
    const rules = await textOf(words[0], flags, context)
    const parameters = { ...parametersOf(flags), rules }
    const check = () => endpointNamed('ruleTest').check({ path: {}, parameters }, context.terminal.clock())
    await withAnswers(command, mistakesIn(parametersOf(flags), check), context, async (reading) => {
      const body = (await reading.answers.ask('ruleTest', { path: {}, parameters }, reading.signal)) as TestBody
      const { output, paint, now } = reading
      await present(reading, context.errors, body, async () => {
        const shown = { columns: output.columns, hasTitle: output.isTerminal, paint, now }
        for (const line of testLines(body, shown)) await output.line(line)
      })
    })
  })
}

/** The file that is named, or all rules in force as one. */
async function textOf(file: string | undefined, options: RuleOptions, context: Context): Promise<string> {
  if (file !== undefined) return readText(file)
  const rules = await configuredRules(options, context)
  return JSON.stringify({ alerts: rules.map(({ source }) => source) })
}

async function testCases(
  file: string | undefined,
  cases: string,
  options: RuleOptions,
  context: Context,
): Promise<void> {
  const { actions, output, errors, exit } = context
  const shipped = file === undefined
  const rules = shipped ? await configuredRules(options, context) : await rulesOf([file], false, context)
  const results = await actions.alerts.cases(rules, await readText(cases))
  const wrong = results.filter((each) => each.wrong.length > 0).length
  exit(wrong === 0 ? 0 : 1)
  if (options.json === true) return output.line(JSON.stringify({ cases: results }, null, 1))
  for (const line of caseLines(results)) await output.line(cleanLines(line))
  if (wrong > 0) await errors.line(`${wrong} of ${results.length} cases went otherwise.`)
}

function addExport(group: Command, context: Context): void {
  const command = group
    .command('export')
    .argument('[file]', 'a file with alert rules (default: those in force)')
    .summary('alert rules as a file that Grafana provisions')
    .description('Prints alert rules as a file that Grafana provisions: put it into provisioning/alerting.')
  addFlags(command, [['config', 'FILE', 'configuration']])
  command.action(async () => {
    const { words, problems } = readArguments(command, 1)
    refuse(problems)
    const [file] = words
    const rules = file === undefined ? await configuredRules(command.opts<RuleOptions>(), context) : await rulesOf([file], false, context) // prettier-ignore
    await context.output.write(await context.actions.alerts.toGrafana(rules))
  })
}

async function configuredRules(options: RuleOptions, context: Context): Promise<readonly AlertRule[]> {
  const { alerts } = await loadConfig(options, context.terminal)
  return rulesOf(alerts.files, alerts.shipped, context)
}

/** @throws UsageError with every mistake. */
async function rulesOf(
  files: readonly string[],
  shipped: boolean,
  { actions }: Context,
): Promise<readonly AlertRule[]> {
  for (const file of files) await readText(file)
  const { rules, problems } = await actions.alerts.check({ files, shipped })
  if (problems.length > 0) throw new UsageError(problems.map(mistakeText))
  return rules
}

function mistakeText({ file, line, column, what, fix }: RuleMistake): string {
  return `${file}:${line}:${column}: ${what} ${fix}`.trimEnd()
}
