import type { BlameRule } from './blame-rule.ts'

const IMAGE = { kind: 'Image', name: '{image}', detail: '{registryError}', isClusterWide: true }
const REGISTRY = { kind: 'Registry', name: '{registry}', detail: '{registryError}', isClusterWide: true }

/** Answers that tell of the registry, or of the way to it, and not of the image that was asked for. */
const REGISTRY_FAULTS = [
  ['no such host', 'RegistryNameUnresolved', 'The name of the registry {registry} cannot be resolved'],
  ['rate limit', 'RegistryRateLimit', 'The registry {registry} allows no more pulls for now'],
  ['certificate', 'RegistryCertificate', 'The certificate of the registry {registry} is not trusted'],
  ['refused', 'RegistryUnreachable', 'The registry {registry} refuses connections'],
  ['reset', 'RegistryUnreachable', 'The registry {registry} breaks connections'],
  ['no route', 'RegistryUnreachable', 'There is no route to the registry {registry}'],
  ['timeout', 'RegistryUnreachable', 'The registry {registry} does not answer in time'],
  ['server error', 'RegistryError', 'The registry {registry} answers with errors of its own'],
] as const

const PULL = ['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']

/** Images that do not come: the registry's answer says why. */
export const IMAGES: readonly BlameRule[] = [
  {
    problems: ['FailedToRetrieveImagePullSecret'],
    has: ['secret'],
    cause: 'PullSecretMissing',
    blames: 'workload',
    thing: { kind: 'Secret', name: '{secret}', detail: 'for pulling images' },
    confidence: 'certain',
    words: 'The pull secret {secret} of {workload} does not exist',
  },
  ...REGISTRY_FAULTS.map(([registryError, cause, words]) => ({
    problems: PULL,
    has: ['registry', `registryError=${registryError}`],
    cause,
    blames: 'workload' as const,
    thing: REGISTRY,
    confidence: 'certain' as const,
    words,
  })),
  {
    problems: PULL,
    has: ['image', 'registryError=unauthorized'],
    cause: 'ImagePullUnauthorized',
    blames: 'workload',
    thing: IMAGE,
    confidence: 'certain',
    words: 'The registry does not let {workload} pull the image {image}',
  },
  {
    problems: PULL,
    has: ['image', 'registryError=not found'],
    note: /repository does not exist|name unknown|repository name not known|repository .{1,300} not found/,
    cause: 'ImageNotFound',
    blames: 'workload',
    thing: { ...IMAGE, detail: 'no such repository' },
    confidence: 'certain',
    words: 'The registry has no image of the name in {image}, which {workload} asks for',
  },
  {
    problems: PULL,
    has: ['image', 'registryError=not found'],
    note: /manifest unknown|manifest .{1,300} not found|tag .{1,300} not found/,
    cause: 'ImageNotFound',
    blames: 'workload',
    thing: { ...IMAGE, detail: 'no such tag' },
    confidence: 'certain',
    words: 'The image {image} of {workload} does not exist: there is no such tag',
  },
  {
    problems: PULL,
    has: ['image', 'registryError=not found'],
    cause: 'ImageNotFound',
    blames: 'workload',
    thing: IMAGE,
    confidence: 'certain',
    words: 'The image {image} of {workload} does not exist',
  },
  {
    problems: PULL,
    has: ['image', 'registryError=no image for this platform'],
    cause: 'ImageForOtherPlatform',
    blames: 'workload',
    thing: IMAGE,
    confidence: 'certain',
    words: 'The image {image} is not made for the platform of the node',
  },
  {
    problems: PULL,
    has: ['registryError=disk full'],
    cause: 'DiskFull',
    blames: 'node',
    thing: { kind: 'Disk', name: '{node}', isClusterWide: true },
    confidence: 'certain',
    words: 'The disk of node {node} has no place for images',
  },
  {
    problems: ['InvalidImageName'],
    cause: 'InvalidImageName',
    blames: 'workload',
    thing: { kind: 'Image', name: '{image}', detail: 'invalid name', isClusterWide: true },
    confidence: 'certain',
    words: 'The name of the image of {workload} is not valid',
  },
  {
    problems: ['ErrImageNeverPull'],
    cause: 'ImageNotOnNode',
    blames: 'workload',
    thing: IMAGE,
    confidence: 'certain',
    words: 'The image of {workload} may not be pulled and is not on the node',
  },
  {
    problems: PULL,
    has: ['image'],
    cause: 'ImagePullFailed',
    blames: 'workload',
    thing: IMAGE,
    confidence: 'likely',
    words: 'The image {image} of {workload} cannot be pulled',
  },
]
