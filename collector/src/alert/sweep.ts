import { DAY, MINUTE, type EpochMicros } from '../clock.ts'
import type { AlertChange } from '../event/alert.ts'
import type { Edge, MemberEdge } from './edge.ts'
import { Expected, type ExpectEdge } from './expected.ts'
import {
  addToWindow,
  newGroup,
  restoreGroup,
  saveGroup,
  sumOf,
  type Group,
  type Member,
  type SavedGroup,
} from './group.ts'
import { advance, isFiring, isIdle, turn, type Step } from './instance.ts'
import { keyOfLabels } from './labels.ts'
import type { AlertRule } from './rule.ts'

/** Alerts that one rule may have in one cluster at once: of more, those that come later are counted, and not made. */
export const MOST_ALERTS = 1_000

/** A kind of trouble is new only where somebody has watched for this long: of the first day everything would be. */
const LEARNING = DAY

/** Kinds of trouble remembered. */
const MOST_CLASSES = 5_000

/** Judged this much later than it was due is late. */
const LATE = MINUTE

type Of<Kind extends Edge['kind']> = Extract<Edge, { kind: Kind }>

/** What a sweep knows, as JSON: it goes on from here as if it had never stopped. */
export interface SavedSweep {
  readonly began: EpochMicros
  readonly clock: EpochMicros
  readonly groups: readonly SavedGroup[]
  readonly silencers: readonly (readonly [key: string, ids: readonly string[]])[]
  readonly classes: readonly (readonly [name: string, last: EpochMicros])[]
  readonly expected: readonly ExpectEdge[]
  readonly overflow: number
}

/** One rule in one cluster: takes edges in the order of their time, and tells which alerts change. */
export class Sweep {
  readonly rule: AlertRule
  readonly cluster: string
  /** Alerts that were not made since there are too many. */
  overflow = 0
  /** Whether it knows something that was not saved. */
  isChanged = false
  readonly #onChange: (change: AlertChange) => void
  readonly #groups = new Map<string, Group>()
  readonly #groupOfMember = new Map<string, Group>()
  readonly #silencers = new Map<string, Set<string>>()
  readonly #classes = new Map<string, EpochMicros>()
  readonly #expected: Expected | null
  #began: EpochMicros | null = null
  #clock: EpochMicros = 0

  constructor(
    rule: AlertRule,
    cluster: string,
    onChange: (change: AlertChange) => void,
    saved: SavedSweep | null = null,
  ) {
    this.rule = rule
    this.cluster = cluster
    this.#onChange = onChange
    this.#expected = rule.form.on === 'missing' ? new Expected(rule.form.within) : null
    if (saved !== null) this.#restore(saved)
  }

  get clock(): EpochMicros {
    return this.#clock
  }

  /** Alerts that are there, and those that are about to be. */
  get groups(): Iterable<Group> {
    return this.#groups.values()
  }

  /** Ids of the problems that count. */
  get memberIds(): Iterable<string> {
    return this.#groupOfMember.keys()
  }

  take(edge: Edge): void {
    this.#meetDeadlines(edge.at)
    this.#clock = Math.max(this.#clock, edge.at)
    this.#began ??= edge.at
    this.isChanged = true
    const at = this.#clock
    switch (edge.kind) {
      case 'member':
        return edge.isOn ? this.#join(edge, at, edge.happened) : this.#leave(edge.id, at, edge.happened)
      case 'silencer':
        return this.#silence(edge, at)
      case 'count':
        return this.#count(edge, at)
      case 'expect':
        return this.#expected?.add(edge)
      case 'met':
        this.#expected?.met(edge.id)
        return this.#leave(edge.id, at, edge.happened)
    }
  }

  /** Lets time pass to `to`: what has waited long enough fires or ends. */
  pass(to: EpochMicros): void {
    if (to <= this.#clock) return
    this.#began ??= to
    this.#meetDeadlines(to)
    for (const [key, group] of this.#groups) if (this.#isOver(group, to)) this.#groups.delete(key)
    this.#clock = to
  }

  save(): SavedSweep {
    this.isChanged = false
    return {
      began: this.#began ?? this.#clock,
      clock: this.#clock,
      groups: [...this.#groups.values()].map(saveGroup),
      silencers: [...this.#silencers].map(([key, ids]) => [key, [...ids]]),
      classes: [...this.#classes],
      expected: this.#expected?.waiting ?? [],
      overflow: this.overflow,
    }
  }

  #restore({ began, clock, groups, silencers, classes, expected, overflow }: SavedSweep): void {
    this.#began = began
    this.#clock = clock
    this.overflow = overflow
    for (const saved of groups) {
      const group = restoreGroup(saved)
      this.#groups.set(keyOfLabels(group.labels), group)
      for (const id of group.members.keys()) this.#groupOfMember.set(id, group)
    }
    for (const [key, ids] of silencers) this.#silencers.set(key, new Set(ids))
    for (const [name, last] of classes) this.#classes.set(name, last)
    const missing = [...this.#groupOfMember].map(([id, { members }]) => [id, members.get(id)?.since ?? clock] as const)
    this.#expected?.restore(expected, missing)
  }

  #join({ id, labels, keys, example, class: kind }: MemberEdge, at: EpochMicros, happened: EpochMicros): void {
    if (this.#groupOfMember.has(id) || !this.#isNews(kind, at)) return
    const group = this.#groupOf(labels, at)
    if (group === null) return
    this.#judge(group, at, happened, () => group.members.set(id, { since: happened, keys, example }))
    this.#groupOfMember.set(id, group)
  }

  #leave(id: string, at: EpochMicros, happened: EpochMicros): void {
    const group = this.#groupOfMember.get(id)
    if (group === undefined) return
    this.#judge(group, at, happened, () => group.members.delete(id))
    this.#groupOfMember.delete(id)
  }

  /** Whether the kind of trouble is one that the rule asks for, where it asks for new ones. */
  #isNews(kind: string, at: EpochMicros): boolean {
    const { form } = this.rule
    if (form.on !== 'problems' || form.newFor === null) return true
    const last = this.#classes.get(kind)
    this.#classes.delete(kind)
    this.#classes.set(kind, at)
    const [oldest] = this.#classes.keys()
    if (this.#classes.size > MOST_CLASSES && oldest !== undefined) this.#classes.delete(oldest)
    const hasLearned = at - (this.#began ?? at) >= Math.min(LEARNING, form.newFor)
    return hasLearned && (last === undefined || at - last > form.newFor)
  }

  #silence({ id, isOn, key }: Of<'silencer'>, at: EpochMicros): void {
    const ids = this.#silencers.get(key) ?? new Set<string>()
    const wasSilent = ids.size > 0
    if (isOn) ids.add(id)
    else ids.delete(id)
    if (wasSilent === ids.size > 0) return
    const meant = [...this.#groups.values()].filter(({ members }) =>
      [...members.values()].some(({ keys }) => keys.includes(key)),
    )
    for (const group of meant) this.#advance(group, at)
    if (ids.size === 0) this.#silencers.delete(key)
    else this.#silencers.set(key, ids)
    for (const group of meant) this.#judge(group, at, at)
  }

  #count({ labels, example, ...counted }: Of<'count'>, at: EpochMicros): void {
    const { form } = this.rule
    const group = this.#groupOf(labels, at)
    if (form.on !== 'count' || group === null) return
    if (counted.happened <= at - form.over) return // what comes this late reopens no window
    this.#judge(group, at, at, () => {
      addToWindow(group, form.over, counted)
      group.example = example
    })
  }

  /** What has not come in time is missing; what never came is given up. */
  #meetDeadlines(to: EpochMicros): void {
    for (const deadline of this.#expected?.due(to) ?? []) {
      const at = Math.max(this.#clock, deadline.at)
      if ('givenUp' in deadline) this.#leave(deadline.givenUp, at, deadline.at)
      else this.#join({ ...deadline.missing, kind: 'member', isOn: true, keys: [], class: '' }, at, deadline.at)
    }
  }

  #groupOf(labels: Group['labels'], at: EpochMicros): Group | null {
    const key = keyOfLabels(labels)
    const known = this.#groups.get(key)
    if (known !== undefined && !this.#isOver(known, at)) return known
    this.#groups.delete(key)
    if (this.#groups.size >= MOST_ALERTS) {
      this.overflow += 1
      return null
    }
    const group = newGroup(labels)
    this.#groups.set(key, group)
    return group
  }

  /** Lets time pass for one group: what leaves its window, and its alert. */
  #advance(group: Group, to: EpochMicros): void {
    const { form } = this.rule
    if (form.on === 'count') {
      for (let [oldest] = group.buckets; oldest !== undefined && oldest.at + form.over < to; [oldest] = group.buckets) {
        const left = oldest.at + form.over
        this.#turn(group, Math.max(left, group.instance.clock), left, () => group.buckets.shift())
      }
    }
    advance(group.instance, to, this.rule, (step) => this.#tell(group, step))
  }

  /** Looks again at a group that changes. */
  #judge(group: Group, at: EpochMicros, happened: EpochMicros, change: () => unknown = noChange): void {
    this.#advance(group, at)
    this.#turn(group, at, happened, change)
  }

  /** What was due before the change is told as it was before it. */
  #turn(group: Group, at: EpochMicros, happened: EpochMicros, change: () => unknown): void {
    const tell = (step: Step) => this.#tell(group, step)
    advance(group.instance, at, this.rule, tell)
    change()
    const since = this.#holdsSince(group)
    const known = { at, happened: since === null ? happened : Math.max(since, Math.min(happened, at)) }
    turn(group.instance, since !== null, known, this.rule, tell)
    this.isChanged = true
  }

  /** Since when there is enough of what the rule asks for; null when there is not. */
  #holdsSince(group: Group): EpochMicros | null {
    const { form } = this.rule
    if (form.on === 'count') return sumOf(group).count >= form.atLeast ? 0 : null
    const atLeast = form.on === 'problems' ? form.atLeast : 1
    // What fires already goes on: that it is silenced does not mean that it is over.
    const isSilenced = ({ keys }: Member) => !isFiring(group.instance) && keys.some((key) => this.#silencers.has(key))
    const counting = [...group.members.values()].filter((member) => !isSilenced(member))
    const since = counting.map((member) => member.since).sort((a, b) => a - b)
    return since[atLeast - 1] ?? null
  }

  #tell(group: Group, step: Step): void {
    const sum = this.rule.form.on === 'count' ? sumOf(group) : { count: group.members.size, isLowerBound: false }
    const [first] = group.members.values()
    group.example = first?.example ?? group.example
    this.isChanged = true
    this.#onChange({
      rule: this.rule.name,
      cluster: this.cluster,
      labels: group.labels,
      ...step,
      value: sum.count,
      isLowerBound: sum.isLowerBound,
      isLate: step.at - step.due > LATE,
      example: group.example,
    })
  }

  /** Lets time pass for it, and tells whether nothing of it matters any more: the same whenever one asks. */
  #isOver(group: Group, at: EpochMicros): boolean {
    this.#advance(group, at)
    return group.members.size === 0 && group.buckets.length === 0 && isIdle(group.instance, this.rule)
  }
}

function noChange(): void {
  // What silences it has changed.
}
