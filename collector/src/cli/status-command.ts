import type { Command } from 'commander'
import type { statusAnswer } from '../api/status-answer.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS } from './flags.ts'
import { present, runReading, type Reading } from './reading.ts'
import { accountText } from './start-screen.ts'
import { bytesText, grouped, oneLine, wrapped } from './text.ts'

type Body = Awaited<ReturnType<typeof statusAnswer>>

/** `eventloom status`: how the collector is doing. */
export function addStatusCommand(program: Command, context: Context): void {
  const command = program
    .command('status')
    .summary('how the collector is doing')
    .description(
      'How the collector is doing: what it watches, what it counted, what the store holds. Ends with 1 while it is not ready.',
    )
  addFlags(
    command,
    READER_FLAGS.filter(([name]) => !['from', 'to', 'limit', 'wide'].includes(name)),
  )
  command.addHelpText(
    'after',
    `
Examples:
  eventloom status
  eventloom status --url http://collector:8085 --token-file token --json | jq .accounts`,
  )
  command.action(() =>
    runReading(
      command,
      0,
      (_words, parameters) => ({ name: 'status', path: {}, parameters }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
        await present(reading, context.errors, body, () => show(reading, body))
        if (body.ready === false) context.exit(1)
      },
    ),
  )
}

function objectsLine({ cluster, watched, off, grant }: Body['objects'][number]): string {
  const are = `${String(watched.length)} kinds watched beside events`
  return off.length === 0
    ? `objects    ${cluster}: ${are}`
    : `objects    ${cluster}: ${are}, not ${off.join(', ')}: no rights. To grant them: ${grant ?? ''}`
}

async function show({ output, paint }: Reading, body: Body): Promise<void> {
  const { running, ready, problems, objects, accounts, store, unwatched } = body
  const state = !running
    ? 'no collector runs: this is what its files tell'
    : ready === true
      ? 'running, ready'
      : 'running, NOT READY'
  const range = store.oldest === null ? '' : `, ${store.oldest} to ${store.newest ?? ''}`
  const bytes = store.bytes === 0 ? '' : `, ${bytesText(store.bytes)}`
  const lines = [
    `collector  ${ready === false ? paint('high', state) : state}`,
    ...problems.map(({ component, text }) => `problem    ${component}: ${text}`),
    ...objects.map(objectsLine),
    `versions   ${accountText(accounts)}`,
    `store      ${store.backend}: ${grouped(store.observations)} observations${bytes}${range}`,
    ...unwatched.map(({ cluster, since }) => `unwatched  ${cluster}, since ${since}`),
  ]
  for (const line of lines.flatMap((each) => wrapped(oneLine(each), output.columns, 11))) await output.line(line)
}
