import type { Extraction } from './extraction.ts'

/** Who refuses objects: quotas, webhooks, policies and missing names. Tried for every reason that speaks of them. */
export const ADMISSION: readonly Extraction[] = [
  { reasons: null, needs: 'exceeded quota', pattern: /exceeded quota: (?<quota>[a-z0-9][a-z0-9.-]{0,252})/ },
  {
    reasons: null,
    needs: 'exceeded quota',
    pattern: /requested: (?<requested>(?<resource>[a-z][a-zA-Z0-9./-]{0,100})=[^:]{1,200}?), used: /,
  },
  { reasons: null, needs: 'webhook', pattern: /webhook "(?<webhook>[^"\s]{1,253})"/ },
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
