import { Command } from 'commander'
import { addAggregateCommand } from './aggregate-command.ts'
import { addChangesCommand } from './changes-command.ts'
import { addCompleteCommand } from './complete-command.ts'
import { addCompletionCommand } from './completion.ts'
import { allCommands } from './command-tree.ts'
import { addConfigCommands } from './config-commands.ts'
import type { Context } from './context.ts'
import { addCorrelationsCommand } from './correlations-command.ts'
import { addDeadLettersCommands } from './dead-letters-command.ts'
import { EXIT_CODES } from './failures.ts'
import { addRecordCommand } from './record-command.ts'
import { addReplayCommand } from './replay-command.ts'
import { addRunCommand } from './run-command.ts'
import { addElasticsearchCommands } from './elasticsearch-command.ts'
import { addMcpCommand } from './mcp-command.ts'
import { addMigrateCommand } from './migrate-command.ts'
import { addPatternsCommand } from './patterns-command.ts'
import { addIncidentsCommand } from './incidents-command.ts'
import { addSimilarCommand } from './similar-command.ts'
import { addReportCommand } from './report-command.ts'
import { addProblemsCommand } from './problems-command.ts'
import { addExportCommand } from './export-command.ts'
import { addFieldsCommand } from './fields-command.ts'
import { addGapsCommand } from './gaps-command.ts'
import { addStatusCommand } from './status-command.ts'
import { addNotifyCommands } from './notify-commands.ts'
import { addSilencesCommands } from './silences-commands.ts'
import { addValuesCommand } from './values-command.ts'
import { addEventsCommand } from './events-command.ts'
import { addAlertsCommand } from './alerts-command.ts'
import { addClassifyCommand } from './classify-command.ts'
import { addRulesCommands } from './rules-commands.ts'

/** The commands of `eventloom`, their flags and help. Parsing a command line runs its command. */
export function createProgram(context: Context): Command {
  const program = new Command('eventloom')
    .description('Keeps Kubernetes events, and works out what they mean.')
    .version(context.terminal.version, '-V, --version', 'the version')
    .helpOption('-h, --help', 'this help')
    .addHelpText(
      'after',
      `
Exit codes:
${Object.entries(EXIT_CODES)
  .map(([code, meaning]) => `  ${code}  ${meaning}`)
  .join('\n')}

Start with:
  eventloom run                     watch the cluster of the current kubeconfig
  eventloom incidents               what broke, and why
  eventloom problems                what is wrong
  eventloom events --from -1h       what happened in the last hour
  eventloom patterns --from -24h    what recurs`,
    )
  const add: readonly (readonly [heading: string, ...((program: Command, context: Context) => void)[]])[] = [
    ['Collect:', addRunCommand, addReplayCommand, addRecordCommand],
    ['What happened:', addIncidentsCommand, addSimilarCommand, addProblemsCommand, addAlertsCommand, addEventsCommand, addAggregateCommand, addPatternsCommand, addCorrelationsCommand, addChangesCommand, addReportCommand],
    ['What there is:', addStatusCommand, addFieldsCommand, addValuesCommand, addGapsCommand, addExportCommand, addMcpCommand],
    ['Keep it running:', addConfigCommands, addRulesCommands, addClassifyCommand, addNotifyCommands, addSilencesCommands, addDeadLettersCommands, addMigrateCommand, addElasticsearchCommands],
    ['This program:', addCompletionCommand, addCompleteCommand, addVersionCommand],
  ] // prettier-ignore
  for (const [heading, ...commands] of add) {
    program.commandsGroup(heading)
    for (const addCommand of commands) addCommand(program, context)
  }
  program.addHelpCommand(
    new Command('help').argument('[command]').summary('help for a command').helpGroup('This program:'),
  )
  for (const command of allCommands(program)) quiet(command)
  return program
}

function addVersionCommand(program: Command, { terminal, output }: Context): void {
  const command = program.command('version').summary('the version').description('Prints the version.')
  command.option('--json', 'JSON')
  command.action(async () => {
    const isJson = command.opts<{ readonly json?: true }>().json === true
    await output.line(isJson ? JSON.stringify({ version: terminal.version }) : `eventloom ${terminal.version}`)
  })
}

/** Mistakes are collected by the commands themselves, so that all are told at once; nothing ends the process. */
function quiet(command: Command): void {
  command.exitOverride().allowUnknownOption().allowExcessArguments()
  if (command.commands.length > 0) command.allowUnknownOption(false).allowExcessArguments(false)
}
