import { classOf, type Extraction } from './extraction.ts'

/** Network faults, surest first. */
export const FAILURES = [
  ['no endpoints available', 'no endpoints'],
  ['connection refused', 'refused'],
  ['no such host', 'no such host'],
  ['connection reset', 'reset'],
  ['no route to host', 'no route'],
  ['network is unreachable', 'no route'],
  ['no such file or directory', 'no socket'],
  ['x509', 'certificate'],
  ['timeout', 'timeout'],
  ['deadline exceeded', 'timeout'],
] as const

/** Addresses and network faults. `dial tcp` is how every program written in Go says it. */
export const NETWORK: readonly Extraction[] = [
  {
    reasons: null,
    needs: 'dial tcp',
    pattern: /dial tcp (?<ip>[0-9]{1,3}(?:\.[0-9]{1,3}){3}):(?<port>[0-9]{1,5}): (?<failure>.{1,200})/,
    derive: ({ failure = '', ...address }) => ({ ...address, failure: classOf(failure, FAILURES) }),
  },
  {
    reasons: null,
    needs: 'dial tcp',
    pattern: /dial tcp \[(?<ip>[0-9a-f:]{2,45})\]:(?<port>[0-9]{1,5}): (?<failure>.{1,200})/,
    derive: ({ failure = '', ...address }) => ({ ...address, failure: classOf(failure, FAILURES) }),
  },
  {
    reasons: null,
    needs: 'dial unix',
    pattern: /dial unix [^\s:]{1,300}: (?<failure>.{1,200})/,
    derive: ({ failure = '' }) => ({ failure: classOf(failure, FAILURES) }),
  },
  { reasons: null, needs: '.sock', pattern: /(?<socket>\/[A-Za-z0-9._-][A-Za-z0-9._/-]{0,200}\.sock)\b/ },
  {
    reasons: null,
    needs: 'zone',
    pattern:
      /zones?["']?(?:[ =/:]{1,2}| In )[["']{0,2}(?=[a-z-]{2,40}[0-9])(?<zone>[a-z]{2,20}(?:-[a-z0-9]{1,20}){1,4})\b/,
  },
  {
    reasons: null,
    needs: 'no such host',
    pattern: /lookup (?<host>[A-Za-z0-9][A-Za-z0-9._-]{0,252})/,
    derive: ({ host }) => ({ host, failure: 'no such host' }),
  },
  {
    reasons: ['FailedCreatePodSandBox', 'FailedKillPod'],
    needs: 'plugin type=',
    pattern: /plugin type="(?<cniPlugin>[^"]{1,60})"/,
  },
  { reasons: ['IPAllocated'], pattern: /\["?(?<ip>[0-9a-f.:]{2,45})/ },
  { reasons: ['UpdatedLoadBalancer'], needs: '-> [', pattern: /-> \[(?<ip>[0-9a-f.:]{2,45})/ },
  { reasons: ['AddedInterface'], pattern: /\[(?<ip>[0-9a-f.:]{2,45})/ },
  { reasons: ['DomainVerified', 'Created'], needs: 'omain "', pattern: /omain "(?<certificateDomain>[^"\s]{1,253})"/ },
  {
    reasons: [
      'SecretMissing',
      'SecretInvalidData',
      'SecretGetError',
      'MissingSecret',
      'ErrorGettingSecret',
      'Generated',
      'Reused',
      'SecretNotFound',
      'KeystorePasswordSecretNotFound',
    ],
    needs: 'ecret',
    pattern: /[Ss]ecret (?:resource )?"?(?:[a-z0-9.-]{1,253}\/)?(?<secret>[a-z0-9][a-z0-9.-]{0,252})/,
  },
]
