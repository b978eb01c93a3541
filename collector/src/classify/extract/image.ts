import { classOf, secondsOf, type Extraction, type Groups } from './extraction.ts'

const IMAGE_REASONS = ['Pulling', 'Pulled', 'Failed', 'BackOff', 'InspectFailed', 'ErrImageNeverPull', 'ErrImagePull']

/** What registries answer, surest first: a rate limit also says "failed", a lost name also says "not resolved". */
const REGISTRY_ERRORS = [
  ['429 Too Many', 'rate limit'],
  ['toomanyrequests', 'rate limit'],
  ['rate limit', 'rate limit'],
  ['no such host', 'no such host'],
  ['x509', 'certificate'],
  ['no space left', 'disk full'],
  ['no matching manifest', 'no image for this platform'],
  ['no match for platform', 'no image for this platform'],
  ['unauthorized', 'unauthorized'],
  ['authentication required', 'unauthorized'],
  ['no basic auth', 'unauthorized'],
  ['access denied', 'unauthorized'],
  ['401 Unauthorized', 'unauthorized'],
  ['403 Forbidden', 'unauthorized'],
  ['denied', 'unauthorized'],
  ['manifest unknown', 'not found'],
  ['not found', 'not found'],
  ['connection refused', 'refused'],
  ['connection reset', 'reset'],
  ['EOF', 'reset'],
  ['no route to host', 'no route'],
  ['network is unreachable', 'no route'],
  ['deadline exceeded', 'timeout'],
  ['imeout', 'timeout'],
  ['timed out', 'timeout'],
  ['500 Internal', 'server error'],
  ['502 Bad', 'server error'],
  ['503 Service', 'server error'],
] as const

/** Images and registries. */
export const IMAGE: readonly Extraction[] = [
  {
    reasons: IMAGE_REASONS,
    needs: 'image',
    pattern: /image (?:tag )?"(?<image>[^"\s]{1,300})"/,
    derive: withReference,
  },
  {
    reasons: ['Pulled'],
    pattern: / in (?<pullSeconds>[0-9hmsµ.]{2,24})(?: \(|$)/,
    derive: ({ pullSeconds }) => ({ pullSeconds: secondsOf(pullSeconds) }),
  },
  { reasons: ['Pulled'], needs: 'Image size', pattern: /Image size: (?<imageBytes>[0-9]{1,15}) bytes/ },
  {
    reasons: ['Failed', 'InspectFailed', 'BackOff'],
    needs: 'image',
    pattern: /(?:Failed to pull|Failed to inspect|Back-off pulling) image "[^"]{1,300}": (?<answer>.{1,2000})/s,
    derive: ({ answer = '' }) => ({ registryError: classOf(answer, REGISTRY_ERRORS) ?? 'other' }),
  },
  {
    reasons: ['Failed', 'InspectFailed'],
    pattern: /(?<registryError>InvalidImageName|invalid reference format)/,
    derive: () => ({ registryError: 'invalid name' }),
  },
  {
    reasons: ['Failed', 'ErrImageNeverPull'],
    pattern: /(?<registryError>ErrImageNeverPull|is not present with pull policy of Never)/,
    derive: () => ({ registryError: 'never pulled' }),
  },
  {
    reasons: ['FailedToRetrieveImagePullSecret'],
    pattern: /secrets \((?<secret>[^),\s]{1,253})/,
  },
]

/** Splits an image reference; a first part without dot, colon or `localhost` is a path on Docker Hub. */
function withReference({ image = '' }: Groups): Groups {
  const [name = '', digest] = image.split('@')
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  const first = name.slice(0, Math.max(0, name.indexOf('/')))
  const isHost = /[.:]/.test(first) || first === 'localhost'
  return {
    image,
    registry: isHost ? first : 'docker.io',
    tag: colon >= 0 ? name.slice(colon + 1) : digest === undefined ? 'latest' : undefined,
  }
}
