import { readPositioned, type Positioned } from '../expression/expression.ts'
import { BLAMED, CONFIDENCES, type BlameRule, type ThingTemplate } from './blame/blame-rule.ts'
import { LEAD_LINKS, type LeadEnd, type LeadRule } from './lead-rule.ts'
import { Reading, type Fields } from './rule-fields.ts'

/** A mistake in a rule file: where, what, and what to write instead. */
export interface IncidentRuleProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly fix: string
}

/** Every mistake of every rule file. */
export class IncidentRuleError extends Error {
  readonly problems: readonly IncidentRuleProblem[]
  constructor(problems: readonly IncidentRuleProblem[]) {
    super(problems.map(({ file, line, column, what, fix }) => `${file}:${line}:${column} ${what} ${fix}`).join('\n'))
    this.name = 'IncidentRuleError'
    this.problems = problems
  }
}

/** What users know of their own clusters: rules that come before the shipped ones. */
export interface IncidentRules {
  readonly causes: readonly BlameRule[]
  readonly leads: readonly LeadRule[]
}

const CAUSE_KEYS = ['name', 'describe', 'problems', 'note', 'has', 'cause', 'blames', 'thing', 'confidence', 'symptom', 'words'] // prettier-ignore
const LEAD_KEYS = ['name', 'describe', 'from', 'to', 'link', 'after', 'within', 'onset', 'trust', 'unites', 'words']
const END_KEYS = ['problems', 'kind', 'note', 'name', 'workload', 'namespace']
const THING_KEYS = ['kind', 'name', 'detail', 'clusterWide']

const USUAL_WITHIN_SECONDS = 600

/**
 * Reads rule files of incidents.
 *
 * @throws IncidentRuleError with every mistake of all of them.
 */
export function readIncidentRules(files: readonly { readonly name: string; readonly text: string }[]): IncidentRules {
  const causes: BlameRule[] = []
  const leads: LeadRule[] = []
  const problems: IncidentRuleProblem[] = []
  const names = new Set<string>()
  for (const { name: file, text } of files) {
    const { root, mistakes } = readPositioned(text)
    for (const mistake of mistakes) problems.push({ file, ...mistake })
    const reading = new Reading((problem) => problems.push({ file, ...problem }))
    if (root === null || root.value === null) continue
    const top = reading.map(root, 'A rule file of incidents', ['causes', 'leads'])
    for (const item of reading.list(top?.get('causes'), 'causes')) push(causes, causeOf(reading, item, names))
    for (const item of reading.list(top?.get('leads'), 'leads')) push(leads, leadOf(reading, item, names))
  }
  if (problems.length > 0) throw new IncidentRuleError(problems)
  return { causes, leads }
}

function push<Rule>(rules: Rule[], rule: Rule | null): void {
  if (rule !== null) rules.push(rule)
}

function causeOf(reading: Reading, item: Positioned, names: Set<string>): BlameRule | null {
  const fields = reading.map(item, 'A cause', CAUSE_KEYS)
  if (fields === null) return null
  nameOf(reading, item, fields, names)
  const problems = reading.texts(fields, item, 'problems')
  const cause = reading.needed(fields, item, 'cause')
  const words = reading.needed(fields, item, 'words')
  const blames = reading.word(fields, 'blames', BLAMED, 'workload')
  const thing = fields.get('thing') === undefined ? null : thingOf(reading, fields)
  if (blames === 'thing' && thing === null)
    reading.tell(item, 'The rule blames a thing and names none.', 'Add for example thing: { kind: Database, name: orders }.') // prettier-ignore
  const note = reading.pattern(fields, 'note')
  return {
    problems,
    has: reading.optionalTexts(fields, 'has'),
    cause,
    blames,
    confidence: reading.word(fields, 'confidence', CONFIDENCES, 'likely'),
    isSymptom: reading.flag(fields, 'symptom', false),
    words,
    ...(thing === null ? {} : { thing }),
    ...(note === null ? {} : { note }),
  }
}

function thingOf(reading: Reading, fields: Fields): ThingTemplate | null {
  const node = fields.get('thing')?.value
  const entries = node === undefined ? null : reading.map(node, '"thing"', THING_KEYS)
  if (node === undefined || entries === null) return null
  return {
    kind: reading.needed(entries, node, 'kind'),
    name: reading.needed(entries, node, 'name'),
    detail: reading.text(entries, 'detail') ?? '',
    isClusterWide: reading.flag(entries, 'clusterWide', false),
  }
}

function leadOf(reading: Reading, item: Positioned, names: Set<string>): LeadRule | null {
  const fields = reading.map(item, 'A lead', LEAD_KEYS)
  if (fields === null) return null
  const trust = reading.word(fields, 'trust', CONFIDENCES, 'likely')
  const onset = reading.seconds(fields, 'onset', null)
  return {
    name: nameOf(reading, item, fields, names),
    from: endOf(reading, item, fields, 'from'),
    to: endOf(reading, item, fields, 'to'),
    link: reading.word(fields, 'link', LEAD_LINKS, 'workload'),
    after: reading.seconds(fields, 'after', 0) ?? 0,
    within: reading.seconds(fields, 'within', USUAL_WITHIN_SECONDS) ?? USUAL_WITHIN_SECONDS,
    ...(onset === null ? {} : { onset }),
    trust,
    unites: reading.flag(fields, 'unites', trust !== 'possible'),
    words: reading.needed(fields, item, 'words'),
    isOwn: true,
  }
}

function endOf(reading: Reading, item: Positioned, fields: Fields, key: 'from' | 'to'): LeadEnd {
  const node = fields.get(key)?.value
  if (node === undefined) {
    reading.tell(
      item,
      `The lead has no "${key}".`,
      `Add for example ${key}: { problems: [CrashLoopBackOff], workload: db }.`,
    )
    return { problems: [] }
  }
  const entries = reading.map(node, `"${key}"`, END_KEYS)
  if (entries === null) return { problems: [] }
  const kind = reading.text(entries, 'kind')
  const note = reading.pattern(entries, 'note')
  return {
    problems: reading.texts(entries, node, 'problems'),
    ...(kind === null ? {} : { kind }),
    ...(note === null ? {} : { note }),
    ...reading.glob(entries, 'name'),
    ...reading.glob(entries, 'workload'),
    ...reading.glob(entries, 'namespace'),
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}$/

function nameOf(reading: Reading, item: Positioned, fields: Fields, names: Set<string>): string {
  const name = reading.needed(fields, item, 'name')
  const node = fields.get('name')?.value ?? item
  if (name !== '' && !NAME.test(name))
    reading.tell(node, `"${name}" cannot be a name.`, 'Use at most 64 letters, digits, blanks, and . _ / -')
  if (names.has(name)) reading.tell(node, `Two rules are called "${name}".`, 'Give one another name.')
  names.add(name)
  return name
}
