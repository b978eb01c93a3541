import type { BlameRule } from './blame-rule.ts'

const ITSELF = { kind: 'Certificate', name: '{name}' }

/** Certificates: who proves the domain, who issues, and what for. */
export const CERTIFICATES: readonly BlameRule[] = [
  {
    problems: ['ErrInitIssuer', 'ErrGetKeyPair'],
    cause: 'IssuerNotReady',
    blames: 'object',
    thing: { kind: 'Issuer', name: '{name}' },
    confidence: 'certain',
    words: 'The issuer {name} cannot issue certificates',
  },
  {
    problems: ['ChallengeFailed', 'PresentError', 'NoSolver'],
    cause: 'DomainNotProven',
    blames: 'object',
    thing: ITSELF,
    confidence: 'certain',
    words: 'The certificate authority is not convinced that the domain of {name} is ours',
  },
  {
    problems: ['IssuerNotFound', 'IssuerNotReady', 'IssuerTypeMissing'],
    note: /"(?<issuer>[a-z0-9][a-z0-9.-]{0,252})"/,
    cause: 'IssuerMissing',
    blames: 'object',
    thing: { kind: 'Issuer', name: '{issuer}' },
    confidence: 'certain',
    words: 'The issuer {issuer} that {name} asks is missing or not ready',
  },
  {
    problems: ['SecretMissing', 'MissingSecret', 'SecretNotFound', 'ErrorGettingSecret', 'SecretGetError', 'SecretInvalidData'],
    cause: 'SigningKeyMissing',
    blames: 'object',
    thing: ITSELF,
    confidence: 'likely',
    words: 'The key that signs {name} cannot be read',
  }, // prettier-ignore
  {
    problems: ['CertificateFailed', 'RequestFailed', 'OrderFailed', 'SigningError', 'ErrorSigning', 'RequestError', 'IssuerNotReady', 'IssuerNotFound'],
    cause: 'CertificateNotIssued',
    blames: 'object',
    thing: ITSELF,
    confidence: 'likely',
    isSymptom: true,
    words: 'The certificate {name} is not issued',
  }, // prettier-ignore
]
