import { secondsOf, type Extraction } from './extraction.ts'

const START = ['Failed', 'FailedMount', 'FailedCreatePodContainer']

/** Containers, what they need, and how they end. */
export const CONTAINER: readonly Extraction[] = [
  {
    reasons: ['Created', 'Started', 'Killing'],
    pattern: /(?:Created|Started|Stopping) container:? (?<container>[a-z0-9][a-z0-9-]{0,62})/,
  },
  {
    reasons: ['Killing', 'PodFailurePolicy'],
    pattern: /Container (?<container>[a-z0-9][a-z0-9-]{0,62}) (?:failed|for pod)/,
  },
  { reasons: ['Killing'], pattern: /failed (?<probe>liveness|startup|readiness) probe/ },
  {
    reasons: ['BackOff'],
    pattern: /failed container (?<container>[a-z0-9][a-z0-9-]{0,62}) in pod (?<pod>[a-z0-9][a-z0-9.-]{0,252})/,
  },
  {
    reasons: ['BackOff', 'FailedSync'],
    pattern: /[Bb]ack-off (?<backoffSeconds>[0-9hms.]{2,16}) restarting/,
    derive: ({ backoffSeconds }) => ({ backoffSeconds: secondsOf(backoffSeconds) }),
  },
  {
    reasons: [
      'Failed',
      'Unhealthy',
      'PodFailurePolicy',
      'FailedPostStartHook',
      'FailedPreStopHook',
      'BackoffLimitExceeded',
    ],
    needs: 'exit',
    pattern: /exit(?:ed with)?(?: code| status| error)?:? ?(?<exitCode>[0-9]{1,3})\b/,
  },
  { reasons: null, needs: 'exit', pattern: /exit(?:ed with)?(?: code| status):? (?<exitCode>[0-9]{1,3})\b/ },
  { reasons: START, needs: 'container "', pattern: /container "(?<container>[a-z0-9][a-z0-9-]{0,62})"/ },
  {
    reasons: ['Failed', 'Unhealthy', 'FailedPostStartHook', 'FailedPreStopHook'],
    needs: 'signal: ',
    pattern: /signal: (?<signal>[a-z][a-z ]{2,30})/,
  },
  { reasons: START, needs: 'configmap', pattern: /configmaps? "(?<configMap>[^"]{1,253})"/ },
  { reasons: START, needs: 'secret', pattern: /secrets? "(?<secret>[^"]{1,253})"/ },
  {
    reasons: START,
    needs: "couldn't find key",
    pattern: /find key (?<configKey>[^\s]{1,253}) in ConfigMap (?:[^/\s]{1,253}\/)?(?<configMap>[^\s]{1,253})/,
  },
  {
    reasons: START,
    needs: "couldn't find key",
    pattern: /find key (?<configKey>[^\s]{1,253}) in Secret (?:[^/\s]{1,253}\/)?(?<secret>[^\s]{1,253})/,
  },
  { reasons: START, needs: 'non-existent', pattern: /non-existent (?:secret|config) key: (?<configKey>[^\s]{1,253})/ },
  { reasons: ['UpdateFailed'], needs: 'key: ', pattern: /\(key: (?<configKey>[^),\s]{1,253})/ },
]
