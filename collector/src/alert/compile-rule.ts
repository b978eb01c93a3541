import { HOUR, MINUTE, type EpochMicros } from '../clock.ts'
import { closestWord } from '../event/closest-word.ts'
import type { Positioned } from '../expression/expression.ts'
import { LABEL_NAMES, labelNamed, OBJECT, whyNoLabel, type LabelReader } from './labels.ts'
import type { AlertRuleMistake } from './mistake.ts'
import type { AlertRule, Condition, Flapping, Form, RuleSource, Selection, SilencerSource } from './rule.ts'
import { parseTemplate, type Template } from './template.ts'

/** What is known of the query language, by whoever speaks it. */
export interface Language {
  /** @returns what is wrong with the text: at which character, and in words. */
  select(text: string): Selection | readonly { readonly at: number; readonly message: string }[]
  /** µs, or null where it is no duration. */
  duration(text: string): EpochMicros | null
}

/** Where a rule stands, and who hears of its mistakes. */
export interface Place {
  readonly file: string
  readonly language: Language
  at(...path: readonly (string | number)[]): Positioned
  tell(mistake: Omit<AlertRuleMistake, 'file'>): void
}

const USUAL_FLAPPING: Flapping = { fires: 4, within: 2 * HOUR, calm: 30 * MINUTE }
const USUAL_GROUPS: readonly string[] = ['namespace', 'workload']

/** The rule as it is judged; every mistake is told, and then what comes out is of no use. */
export function compileRule(source: RuleSource, place: Place): AlertRule {
  const on = source.on ?? 'problems'
  const groupBy = on === 'clusters' ? [] : labelsAt(source.groupBy ?? USUAL_GROUPS, ['groupBy'], place)
  const rule: AlertRule = {
    name: source.name,
    explain: source.explain ?? '',
    file: place.file,
    line: place.at().line,
    form: formOf(source, place),
    when: conditionOf(source, [], place),
    isOtherwise: source.otherwise ?? false,
    unless: (source.unless ?? []).map((silencer, index) => ({
      when: conditionOf(silencer, ['unless', index], place),
      same: labelsAt(silencer.same, ['unless', index, 'same'], place),
    })),
    for: durationAt(source.for, ['for'], place) ?? 0,
    keepFiring: durationAt(source.keepFiring, ['keepFiring'], place) ?? 0,
    groupBy,
    severity: source.severity ?? 'high',
    labels: source.labels ?? {},
    annotations: annotationsOf(source, groupBy, place),
    flapping: flappingOf(source, place),
    source,
  }
  tellMisfits(source, place)
  return rule
}

/** Keys that belong to another form are mistakes: they would do nothing. */
function tellMisfits(source: RuleSource, place: Place): void {
  const { on = 'problems', when, class: what, missing } = source
  const wrong = (key: keyof RuleSource, text: string, fix: string) => {
    if (source[key] !== undefined) place.tell({ ...placeOf(place, key), what: text, fix })
  }
  const needs = (isThere: boolean, text: string, fix: string) => {
    if (!isThere) place.tell({ ...placeOf(place), what: text, fix })
  }
  if (on !== 'events') {
    wrong('over', '"over" counts events.', 'Add on: events, or remove it.')
    wrong('missing', '"missing" waits for an event.', 'Add on: events, or remove it.')
  }
  if (on !== 'problems') {
    for (const key of ['class', 'newFor', 'otherwise', 'unless'] as const) wrong(key, `"${key}" is about problems.`, 'Remove it, or on.') // prettier-ignore
  }
  if (on === 'clusters') {
    for (const key of ['when', 'atLeast', 'groupBy'] as const) wrong(key, `"${key}" says nothing of clusters.`, 'Remove it.') // prettier-ignore
  }
  if (on === 'problems') needs(when !== undefined || what !== undefined, 'The rule selects nothing.', 'Add for example class: CrashLoopBackOff, or when: namespace:shop.') // prettier-ignore
  if (on !== 'events') return
  needs(when !== undefined, 'The rule selects no events.', 'Add for example when: reason:FailedMount.')
  if (missing === undefined) {
    needs(source.over !== undefined, 'The rule does not say in which time events are counted.', 'Add for example over: 10m, or missing.') // prettier-ignore
  } else {
    for (const key of ['over', 'atLeast'] as const) wrong(key, `"${key}" does not go with "missing".`, 'Remove one of them.') // prettier-ignore
  }
}

function formOf({ on = 'problems', atLeast = 1, over, missing, newFor }: RuleSource, place: Place): Form {
  if (on === 'clusters') return { on }
  if (on === 'problems') return { on, atLeast, newFor: durationAt(newFor, ['newFor'], place) }
  if (missing === undefined) return { on: 'count', atLeast, over: durationAt(over, ['over'], place) ?? 0 }
  const { same = 'object' } = missing
  return {
    on: 'missing',
    then: conditionOf(missing, ['missing'], place),
    within: durationAt(missing.within, ['missing', 'within'], place) ?? 0,
    same: same === 'object' ? OBJECT : (labelNamed(same) ?? OBJECT),
  }
}

/** The condition of a section with `when` and `class`. */
function conditionOf(
  { when = '', class: what }: Pick<SilencerSource, 'when' | 'class'>,
  path: readonly (string | number)[],
  place: Place,
): Condition {
  // prettier-ignore
  const classes = what === undefined ? null : typeof what === 'string' ? [what] : what
  const named = classes === null ? '' : `metadata.class:(${classes.map((each) => JSON.stringify(each)).join(' OR ')})`
  const selection = place.language.select(when)
  if (!('matches' in selection)) {
    const node = place.at(...path, 'when')
    for (const { at, message } of selection) {
      const sentence = /^(.*?[.?!])\s+(.*)$/.exec(message)
      place.tell({ ...node.at(at), what: sentence?.[1] ?? message, fix: sentence?.[2] ?? '' })
    }
    return { text: when, matches: () => false, reasons: [], classes }
  }
  const both = [named, when].filter((text) => text !== '')
  const isOfClass = new Set(classes)
  return {
    text: both.length < 2 ? (both[0] ?? '') : both.map((text) => `(${text})`).join(' AND '),
    reasons: selection.reasons,
    classes,
    matches: (row) => (classes === null || isOfClass.has(row.metadata['class'] ?? '')) && selection.matches(row),
  }
}

function durationAt(text: string | undefined, path: readonly string[], place: Place): EpochMicros | null {
  if (text === undefined) return null
  const micros = place.language.duration(text)
  if (micros !== null) return micros
  const fix = 'Write for example 30s, 5m, 1h30m or 7d.'
  place.tell({ ...placeOf(place, ...path), what: `"${text}" is not a duration.`, fix })
  return null
}

function labelsAt(names: readonly string[], path: readonly (string | number)[], place: Place): readonly LabelReader[] {
  return names.flatMap((name, index) => {
    const label = labelNamed(name)
    if (label !== null) return label.name === 'cluster' ? [] : [label]
    const why = whyNoLabel(name)
    const near = closestWord(name, LABEL_NAMES)
    const what = why === null ? `There is no label "${name}".` : `"${name}" cannot be a label: it ${why}.`
    const fix = near === null ? `Use ${LABEL_NAMES.join(', ')}.` : `Did you mean ${near}?`
    place.tell({ ...placeOf(place, ...path, index), what, fix })
    return []
  })
}

function annotationsOf(
  { annotations, labels = {}, runbook }: RuleSource,
  groupBy: readonly LabelReader[],
  place: Place,
) {
  const known = ['cluster', ...groupBy.flatMap(({ name, field }) => [name, field]), ...Object.keys(labels)]
  const texts = runbook === undefined ? { ...annotations } : { ...annotations, runbook_url: runbook }
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]): [string, Template] => {
      const { parts, mistakes } = parseTemplate(text)
      const node = place.at('annotations', name)
      for (const { at, what, fix } of mistakes) place.tell({ ...node.at(at), what, fix })
      for (const part of parts) {
        if (!('label' in part) || known.includes(part.label)) continue
        const near = closestWord(part.label, known)
        const fix = near === null ? `It has ${known.join(', ')}.` : `Did you mean ${near}?`
        place.tell({ ...node.at(part.at), what: `The alert has no label "${part.label}".`, fix })
      }
      return [name, parts]
    }),
  )
}

function flappingOf({ flapping }: RuleSource, place: Place): Flapping | null {
  if (flapping === false) return null
  if (flapping === undefined) return USUAL_FLAPPING
  const within = durationAt(flapping.within, ['flapping', 'within'], place) ?? 0
  return { fires: flapping.fires, within, calm: durationAt(flapping.calm, ['flapping', 'calm'], place) ?? 0 }
}

function placeOf(place: Place, ...path: readonly (string | number)[]) {
  const { line, column } = place.at(...path)
  return { line, column }
}
