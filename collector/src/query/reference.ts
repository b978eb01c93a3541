import { ALIASES, FIELDS, type Field } from './fields.ts'
import { QuerySyntaxError } from './invalid-query.ts'
import { MAX_NESTING, MAX_QUERY_LENGTH, parseLucene } from './lucene.ts'

/** Queries that the page shows, each with what it finds. */
export const EXAMPLES: readonly (readonly [query: string, meaning: string])[] = [
  ['reason:BackOff', 'a field has this value, in exactly this spelling'],
  ['FailedMount', 'a word of the note, in any case: bare words are looked for in notes'],
  ['"connection refused"', 'these words of the note, next to each other'],
  ['timeo*', 'a word of the note that begins so'],
  ['reason:Failed*', 'a value that begins so; `?` stands for one character'],
  ['reason:(BackOff OR Failed)', 'one of these values'],
  ['reason:(BackOff Failed)', 'the same: side by side behind one field they are alternatives'],
  ['namespace:shop severity:high', 'both: conditions side by side must all hold'],
  ['namespace:shop AND (type:Warning OR severity:>=medium)', 'parentheses, `AND`, `OR`'],
  ['type:Warning NOT namespace:kube-system', 'without some; `-namespace:kube-system` and `!` mean the same'],
  ['severity:>=medium', 'medium, high or critical: severities have an order'],
  ['count:[5 TO 20]', 'from 5 to 20; with `{5 TO 20}` the ends are left out'],
  ['count:[100 TO *]', 'from 100 on'],
  ['lastObserved:>=-1h', 'seen within the last hour'],
  ['lastObserved:2026-11-17', 'seen on that day (UTC)'],
  ['lastObserved:[2026-11-17T08:50:00Z TO 2026-11-17T09:10:00Z]', 'seen between two times'],
  ['owner.name:payments', 'everything of one workload: of the Deployment, its ReplicaSets and its pods'],
  ['kind:Pod AND name:payments*', '`kind` is short for `regarding.kind`; `name` is the name of the Event object'],
  ['_exists_:container', 'events that name a container; `container:*` means the same'],
  ['namespace:""', 'objects without a namespace: nodes, volumes'],
  ['objectLabels.app:payments', 'an entry of a map: labels, annotations, metadata'],
  ['metadata.image:registry.lab/shop/api:1.4.2', 'slashes, colons and minus signs need no quotes'],
  ['metadata.exitCode:137', 'notes that tell of exit code 137: the process was killed, often for want of memory'],
  ['flags:redacted', 'a field with several values: one of them is this'],
  ['regarding.name:*\\*', 'a backslash makes the next character plain: names that end in a star'],
  ['*', 'everything, as does an empty query'],
]

/** Queries that are refused; the page shows the answer of the parser. */
export const MISTAKES: readonly string[] = [
  'sevrity:high',
  'severity:hihg',
  'pod:payments',
  'count:many',
  'reason:BackOff and type:Warning',
  '(reason:BackOff',
  'note:*refused',
]

/** Of any time will do: no example of a mistake looks at it. */
const NOW = 0

const HEAD = `# The query language

One line says which events you want. It is the same in the terminal (\`eventloom events 'reason:BackOff'\`), in the API (\`query=\`),
in Grafana's panels, variables and alert rules. The syntax is Lucene's, as in Kibana.

\`\`\`sh
eventloom events 'namespace:shop severity:>=medium' --limit 5
eventloom problems 'owner.name:payments' --at 2026-11-17T09:02:00Z
eventloom aggregate --query 'category:storage type:Warning' --group-by reason
eventloom fields
eventloom values reason
\`\`\`

In a shell put the query in single quotes. \`eventloom fields\` lists what is below, \`eventloom values FIELD\` the values that your
store holds.

<!-- Everything below is made from the code. \`npx vitest run --project unit collector/src/query/reference.test.ts -u\` writes it again. -->
`

/** The page docs/query-language.md. */
export function queryReference(): string {
  const examples = EXAMPLES.map(([query, meaning]) => row([code(query), meaning]))
  const mistakes = MISTAKES.map((query) => row([code(query), messageOf(query)]))
  const aliases = Object.entries(ALIASES).map(([alias, name]) => row([code(alias), code(name)]))
  const closed = FIELDS.filter(({ values }) => values !== undefined)
  return `${HEAD}
## Examples

| query | finds |
|---|---|
${examples.join('')}
## Rules

- Values of fields are compared exactly, upper and lower case included. Words of notes are not: case does not matter, and only letters
  and digits count. \`note:refused\` and \`refused\` are the same.
- \`AND\`, \`OR\`, \`NOT\`, \`TO\` are written in capitals; \`&&\`, \`||\`, \`!\` are the same. \`AND\` binds closer than \`OR\`. A condition that
  must hold may have a \`+\` before it: nothing changes.
- A value goes on to the next space or parenthesis. With a space, a parenthesis or a quote in it, put it in double quotes.
- In words of a note a star may only end the last word. In fields \`*\` and \`?\` may stand anywhere, but not inside quotes.
- Times: RFC 3339, a date (the whole day, UTC), \`now\`, \`-1h\`, \`now-7d\`, or ms or µs since 1970. Durations: \`30s\`, \`5m\`, \`1h30m\`, \`7d\`, \`2w\`.
- Nearness (\`"a b"~3\`), likeness (\`a~\`) and boosts (\`a^2\`) are refused: events have no ranking.
- A query has at most ${MAX_QUERY_LENGTH.toLocaleString('en')} characters and ${MAX_NESTING} levels of parentheses.

## Mistakes

A query with a mistake is refused, with all mistakes at once and their places. Nothing is guessed.

| query | answer |
|---|---|
${mistakes.join('')}
## Fields

*group* says whether \`--group-by\` takes it. The last columns are its names in the Elastic Common Schema and in OpenTelemetry.

| field | type | group | what it is | ECS | OpenTelemetry |
|---|---|---|---|---|---|
${FIELDS.map(fieldRow).join('')}
An entry of a map is a field of its own: \`labels.app\`, \`objectLabels.app.kubernetes.io/name\`, \`metadata.image\`. It can be grouped by,
the whole map cannot.

## Values

Where only these values exist, any other one is refused. What they mean: [severities.md](severities.md).

| field | values |
|---|---|
${closed.map(({ name, values = [] }) => row([code(name), values.map(code).join(', ')])).join('')}
## Other spellings

| you may write | for |
|---|---|
${aliases.join('')}`
}

function fieldRow({ name, type, groupable, meaning, ecs, otel }: Field): string {
  const other = (text: string | undefined) => (text === undefined ? '' : code(text))
  return row([code(name), type, groupable ? 'yes' : '', meaning, other(ecs), other(otel)])
}

/** What the parser says about a query that it refuses. */
function messageOf(query: string): string {
  try {
    parseLucene(query, NOW)
    return ''
  } catch (error) {
    if (!(error instanceof QuerySyntaxError)) throw error
    return error.mistakes.map(({ message, position = 0 }) => `column ${position + 1}: ${message}`).join('; ')
  }
}

function code(text: string): string {
  return `\`${text}\``
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
}
