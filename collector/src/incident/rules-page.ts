import type { BlameRule } from './blame/blame-rule.ts'
import { REFUSALS } from './blame/scheduling.ts'
import type { LeadEnd, LeadRule } from './lead-rule.ts'
import { LEAD_LINKS, type LeadLink } from './lead-rule.ts'

/** What two problems share, in words. */
const LINKS: Readonly<Record<LeadLink, string>> = {
  object: 'the same object',
  workload: 'the same workload',
  node: 'the node, or pods on it',
  claim: 'a claim, and a pod that mounts it as far as names tell',
  named: 'the effect needs a Secret or ConfigMap of the cause’s name',
  mentioned: 'the effect’s note mentions the cause’s object',
  maker: 'the cause’s object was made for the effect’s, and bears its name and more',
  service: 'the effect’s note calls the Service of the cause’s workload',
  preemptor: 'the effect’s note names the pod that took its place',
  namespace: 'the namespace',
  caller: 'the namespace, where one other workload alone could be the cause',
  cluster: 'the cluster, where one object or workload alone could be the cause',
}

/** docs/causes.md: every rule by which incidents name causes and hold together. */
export function rulesPage(blames: readonly BlameRule[], leads: readonly LeadRule[]): string {
  return `# Rules of incidents

What Eventloom says of [incidents](incidents.md) follows from these rules and from nothing else. This page is written by
\`node collector/bin/node24.mjs test/support/write-causes-page.ts\` from \`collector/src/incident/\`: change it there.

## What a problem says of its own cause

The first rule that fits a [problem](reasons.md) decides. A *symptom* is named only where nothing else in the incident is. A kind of problem without
a rule blames its own object, and is never more than possible. \`{…}\` stands for what the note names; what stands in \`[…]\` is said where it is known.

| Problem | When the note | Cause | Whom | Thing | How sure | In words |
|---|---|---|---|---|---|---|
${blames.map(blameRow).join('\n')}

Of \`FailedScheduling\` what the scheduler says most of decides, in this order where it says as much of two:

| Counted | Cause | Thing | In words |
|---|---|---|---|
${REFUSALS.map(({ counted, cause, thing, words }) => row([code(counted), code(cause), thing.kind, words])).join('\n')}

## Which problem leads to which

The effect begins at least *after* the beginning of the cause, and at most *within* the end of it; a symptom leads to what begins within a minute after it
was last told of. What is *likely* or *certain* makes one incident of both, and what is *possible* only where the table says so. At most three causes are
kept of an effect and rule, the nearest in time.

| Rule | Cause | Effect | They share | After | Within | How sure | In words |
|---|---|---|---|---|---|---|---|
${leads.map(leadRow).join('\n')}

What they share:

${LEAD_LINKS.map((link) => `- \`${link}\`: ${LINKS[link]}`).join('\n')}
`
}

function blameRow({
  problems,
  has = [],
  note,
  cause,
  blames,
  thing,
  confidence,
  isSymptom = false,
  words,
}: BlameRule): string {
  const when = [
    ...has.map((each) => `names ${code(each)}`),
    ...(note === undefined ? [] : [`matches ${code(note.source)}`]),
  ]
  const named = thing === undefined ? '' : `${thing.kind} ${code(thing.name)}`
  return row([problems.map(code).join(' '), when.join(', '), code(cause), blames, named, `${confidence}${isSymptom ? ', symptom' : ''}`, words]) // prettier-ignore
}

function leadRow({ name, from, to, link, after, within, onset, trust, unites, words }: LeadRule): string {
  const last = onset === undefined ? duration(within) : `${duration(onset)} of its beginning`
  const sure = unites && trust === 'possible' ? 'possible, one incident' : trust
  return row([code(name), endText(from), endText(to), code(link), duration(after), last, sure, words])
}

function endText({ problems, kind, note, named }: LeadEnd): string {
  const parts = [problems.map(code).join(' ')]
  if (kind !== undefined) parts.push(`of a ${kind}`)
  if (named !== undefined) parts.push(`named ${code(named)}`)
  if (note !== undefined) parts.push(`with ${code(note.source)}`)
  return parts.join(' ')
}

function duration(seconds: number): string {
  if (seconds === 0) return 'at once'
  const size = Math.abs(seconds)
  const text = size % 60 === 0 ? `${String(size / 60)} min` : `${String(size)} s`
  return seconds < 0 ? `${text} before` : text
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}
