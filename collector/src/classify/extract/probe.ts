import { classOf, type Extraction } from './extraction.ts'

const PROBES = ['Unhealthy', 'ProbeWarning', 'ProbeError', 'TerminatingPodProbeError']

/** How probes fail, surest first. */
const PROBE_FAILURES = [
  ['statuscode', 'status code'],
  ['connection refused', 'refused'],
  ['no such host', 'no such host'],
  ['connection reset', 'reset'],
  ['no route to host', 'no route'],
  ['x509', 'certificate'],
  ['tls:', 'certificate'],
  ['deadline exceeded', 'timeout'],
  ['timed out', 'timeout'],
  ['imeout', 'timeout'],
  ['did not complete within', 'timeout'],
  ['CONTAINER_EXITED', 'container ended'],
  ['malformed HTTP', 'no HTTP'],
  ['EOF', 'closed'],
  ['NOT_SERVING', 'not serving'],
  ['OCI runtime exec failed', 'command not run'],
  ['no such file or directory', 'command not run'],
] as const

/** Probes: which one, and what it got. */
export const PROBE: readonly Extraction[] = [
  {
    reasons: PROBES,
    pattern: /(?<probe>Liveness|Readiness|Startup) probe (?:failed|errored|warning|error)(?<output>.{0,2000})/s,
    derive: ({ probe, output = '' }) => ({
      probe: probe?.toLowerCase(),
      probeFailure: classOf(output, PROBE_FAILURES) ?? 'other',
    }),
  },
  {
    reasons: PROBES,
    needs: '://',
    pattern:
      /Get "?https?:\/\/(?:\[[0-9a-f:]{2,45}\]|[^\s"/:[]{1,253})(?::(?<port>[0-9]{1,5}))?(?<probePath>\/[^\s"]{0,300})?/,
    derive: ({ port, probePath }) => ({ port, probePath: probePath?.replace(/:$/, '') }),
  },
  {
    reasons: PROBES,
    needs: 'connect service',
    pattern: /connect service "(?<ip>[0-9]{1,3}(?:\.[0-9]{1,3}){3}):(?<port>[0-9]{1,5})"/,
  },
  { reasons: PROBES, needs: 'statuscode', pattern: /statuscode: (?<httpStatus>[0-9]{3})/ },
]
