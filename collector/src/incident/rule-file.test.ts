import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aProblem, type Troubled } from '../../../test/support/a-problem.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { SECOND } from '../clock.ts'
import { MOST_PAIRS_OF_RULE } from './edges.ts'
import { IncidentRuleError, incidentsOf, readIncidentRules } from './incident.ts'

const read = (text: string) => readIncidentRules([{ name: 'mine.yaml', text }])

function mistakes(text: string): readonly string[] {
  try {
    read(text)
    return []
  } catch (error) {
    if (!(error instanceof IncidentRuleError)) throw error
    return error.problems.map(({ line, column, what, fix }) => `${String(line)}:${String(column)} ${what} ${fix}`)
  }
}

async function told(text: string, ...troubles: readonly Troubled[]) {
  const notices: string[] = []
  const problems = troubles.map((each) => aProblem(each))
  const found = await incidentsOf(problems, () => NOON + 100 * SECOND, { rules: read(text), onNotice: (each) => notices.push(each) }) // prettier-ignore
  return { notices, causes: found.map(({ causes: [first], problems: own }) => [first?.words, own.length]) }
}

const CRASH = {
  reason: 'BackOff',
  note: 'Back-off restarting failed container app in pod x_shop(1)',
  occurrences: 9,
  last: 90,
}
const pod = (workload: string) => `Pod shop/${workload}-7c9d8f6b5d-x2k9p`

const LINKS = `
leads:
  - name: db before its callers
    from: { problems: [CrashLoopBackOff], workload: db }
    to: { problems: [CrashLoopBackOff], workload: "*" }
    link: namespace
    within: 5m
    words: they end without the database
`

describe('rules of users', () => {
  it('on the page are right', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/incidents.md'), 'utf8')
    const { causes, leads } = read(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '')
    expect([causes.length, leads.length]).toEqual([1, 1])
  })

  it('name causes before the shipped rules do, with what their pattern finds', async () => {
    const rule = `
causes:
  - name: licence
    problems: [CrashLoopBackOff]
    note: 'container (?P<container>[a-z]+) in'
    cause: LicenceExpired
    thing: { kind: Licence, name: "{container}", clusterWide: true }
    confidence: certain
    words: "The licence of {container} has expired"
`
    expect((await told(rule, { ...CRASH, object: pod('a') }, { ...CRASH, object: pod('b') })).causes).toEqual([['The licence of app has expired', 2]]) // prettier-ignore
  })

  it('make one incident of what leads to one another', async () => {
    const troubles = [
      { ...CRASH, object: pod('db') },
      { ...CRASH, object: pod('web'), first: 20 },
    ]
    expect((await told('', ...troubles)).causes).toHaveLength(2)
    expect((await told(LINKS, ...troubles)).causes.map(([, problems]) => problems)).toEqual([2])
  })

  it('are set aside, and that is told, when they link everything with everything', async () => {
    const many = Array.from({ length: MOST_PAIRS_OF_RULE + 2 }, (_, place) => ({ ...CRASH, object: pod(`w${String(place)}`), first: place / 10 })) // prettier-ignore
    const { notices, causes } = await told(LINKS.replace('workload: db', 'workload: "*"'), ...many)
    expect(causes).toHaveLength(many.length)
    expect(notices).toEqual([expect.stringContaining('The rule "db before its callers" would link')])
  })

  it('tell every mistake at once, with its place and what to write instead', () => {
    const wrong = `
causes:
  - name: a
    problem: [X]
    blames: pods
    words: w
leads:
  - name: a
    from: { problems: [X], kid: Pod }
    link: cluste
    within: soon
`
    expect(mistakes(wrong)).toEqual([
      '4:5 A cause has no key "problem". Did you mean problems?',
      '3:5 "problems" names nothing. Add for example problems: [CrashLoopBackOff].',
      '3:5 There is no "cause". Add cause.',
      '5:13 "pods" is no blames. Did you mean node?',
      '8:11 Two rules are called "a". Give one another name.',
      '9:28 "from" has no key "kid". Did you mean kind?',
      '8:5 The lead has no "to". Add for example to: { problems: [CrashLoopBackOff], workload: db }.',
      '10:11 "cluste" is no link. Did you mean cluster?',
      '11:13 "soon" is no duration. Write for example 30s, 10m, 2h, or -5s for what is reported first.',
      '8:5 There is no "words". Add words.',
    ])
    expect(mistakes('causes: 7')).toEqual(['1:9 "causes" is not a list. Begin each of its items with "- name: …".'])
    expect(mistakes('[]')).toEqual([expect.stringContaining('A rule file of incidents is a map')])
  })
})
