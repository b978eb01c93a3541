import { classOf, type Extraction, type Groups } from './extraction.ts'
import { FAILURES } from './network.ts'

const QUANTITIES = '[0-9][0-9A-Za-z.]{0,30}'

/** Who refuses objects: quotas, webhooks, policies and missing names. Tried for every reason that speaks of them. */
export const ADMISSION: readonly Extraction[] = [
  { reasons: null, needs: 'exceeded quota', pattern: /exceeded quota: (?<quota>[a-z0-9][a-z0-9.-]{0,252})/ },
  {
    reasons: null,
    needs: 'exceeded quota',
    pattern: /requested: (?<requested>[^:]{1,500}), used: (?<used>[^:]{1,500}), limited: (?<limit>[^:\s]{1,500})/,
    derive: amountsOfQuota,
  },
  {
    reasons: null,
    needs: 'failed quota',
    pattern: /failed quota: (?<quota>[a-z0-9][a-z0-9.-]{0,252}): must specify (?<resource>[a-z][a-zA-Z0-9./-]{0,100})/,
  },
  {
    reasons: null,
    needs: ' usage per ',
    pattern: new RegExp(
      String.raw`(?:maximum|minimum) (?<resource>[a-z][a-zA-Z0-9./-]{0,100}) usage per [A-Za-z]{1,40} is ` +
        `(?<limit>${QUANTITIES})[.,] but (?:limit|request) is (?<requested>${QUANTITIES})`,
    ),
    derive: ({ requested = '', ...rest }) => ({ ...rest, requested: requested.replace(/\.$/, '') }),
  },
  { reasons: null, needs: 'webhook', pattern: /webhook "(?<webhook>[^"\s]{1,253})"/ },
  {
    reasons: null,
    needs: 'failed calling webhook',
    pattern: /failed calling webhook "[^"]{1,253}": (?<failure>.{1,1000})/s,
    derive: ({ failure = '' }) => ({ failure: classOf(failure, FAILURES) }),
  },
  {
    reasons: null,
    needs: 'AdmissionPolicy ',
    pattern: /AdmissionPolicy ["'](?<policy>[a-z0-9][a-z0-9.-]{0,252})["']/,
  },
  { reasons: null, needs: 'PodSecurity', pattern: /PodSecurity "(?<podSecurity>[^"]{1,60})"/ },
  {
    reasons: null,
    needs: 'service',
    pattern:
      /service ?account "?(?:[a-z0-9.-]{1,253}\/)?(?<serviceAccount>[a-z0-9][a-z0-9.-]{0,252})"? (?:was )?not found/,
  },
  {
    reasons: null,
    needs: 'PriorityClass',
    pattern: /PriorityClass with name (?<priorityClass>[a-z0-9][a-z0-9.-]{0,252})/,
  },
]

/** The amounts of each resource that is exceeded, as lists in the order of `resource`. */
function amountsOfQuota({ requested = '', used = '', limit = '' }: Groups): Groups {
  const asked = pairsOf(requested)
  const inUse = pairsOf(used)
  const allowed = pairsOf(limit)
  const resources = [...asked.keys()]
  const listOf = (amounts: ReadonlyMap<string, string>) =>
    resources.some((name) => amounts.has(name)) ? resources.map((name) => amounts.get(name) ?? '').join(',') : undefined
  return { resource: resources.join(','), requested: listOf(asked), used: listOf(inUse), limit: listOf(allowed) }
}

/** `limits.cpu=2,pods=1` */
function pairsOf(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(',').map((pair) => pair.trim().split('=', 2))
  return new Map(pairs.map(([name = '', amount = '']) => [name, amount]))
}
