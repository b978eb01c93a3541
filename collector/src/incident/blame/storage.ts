import type { BlameRule } from './blame-rule.ts'

const CLASS = { kind: 'StorageClass', name: '{storageClass}', isClusterWide: true }
const CLAIM = { kind: 'PersistentVolumeClaim', name: '{claim}', detail: '[class {storageClass}]' }
const CLAIM_ITSELF = { kind: 'PersistentVolumeClaim', name: '{name}', detail: '[class {storageClass}]' }
const VOLUMES = ['FailedMount', 'VolumesNotReady', 'FailedAttachVolume', 'FailedMapVolume']

/** Volumes and claims. */
export const STORAGE: readonly BlameRule[] = [
  {
    problems: ['ProvisioningFailed'],
    has: ['storageClass'],
    note: /not found/,
    cause: 'StorageClassMissing',
    blames: 'thing',
    thing: CLASS,
    confidence: 'certain',
    words: 'The storage class {storageClass} does not exist',
  },
  {
    problems: ['ProvisioningFailed'],
    has: ['storageClass'],
    cause: 'ProvisioningFailed',
    blames: 'thing',
    thing: CLASS,
    confidence: 'likely',
    words: 'The storage behind class {storageClass} makes no volume',
  },
  {
    problems: ['ProvisioningFailed', 'EphemeralClaimFailed'],
    cause: 'ProvisioningFailed',
    blames: 'object',
    thing: CLAIM_ITSELF,
    confidence: 'certain',
    words: '{object} gets no volume',
  },
  {
    problems: ['FailedBinding', 'VolumeMismatch'],
    cause: 'ClaimUnbound',
    blames: 'object',
    thing: CLAIM_ITSELF,
    confidence: 'certain',
    words: 'No volume fits {object}',
  },
  {
    problems: ['VolumeResizeFailed', 'FileSystemResizeFailed'],
    cause: 'VolumeNotGrown',
    blames: 'object',
    thing: CLAIM_ITSELF,
    confidence: 'certain',
    words: 'The volume of {object} could not be made larger',
  },
  {
    problems: ['MultiAttach'],
    cause: 'VolumeAttachedElsewhere',
    blames: 'workload',
    thing: { kind: 'PersistentVolume', name: '{volume}', detail: '[used by {usedByPods}]', isClusterWide: true },
    confidence: 'certain',
    words: 'The volume of {workload} is still attached to another node[, where {usedByPods} use it]',
  },
  {
    problems: VOLUMES,
    has: ['storageClass'],
    cause: 'StorageFailing',
    blames: 'thing',
    thing: { ...CLASS, detail: '[claim {claim}]' },
    confidence: 'likely',
    words: 'Volumes of class {storageClass} cannot be attached or mounted',
  },
  {
    problems: VOLUMES,
    has: ['driver'],
    cause: 'StorageDriverFailing',
    blames: 'thing',
    thing: { kind: 'CSIDriver', name: '{driver}', isClusterWide: true },
    confidence: 'likely',
    words: 'The storage driver {driver} fails',
  },
  {
    problems: VOLUMES,
    has: ['claim'],
    cause: 'VolumeFailing',
    blames: 'workload',
    thing: CLAIM,
    confidence: 'likely',
    words: 'The volume of claim {claim} cannot be attached or mounted',
  },
  {
    problems: [...VOLUMES, 'MountSourceMissing', 'VolumeConditionAbnormal', 'FailedMountOnFilesystemMismatch'],
    cause: 'VolumeFailing',
    blames: 'workload',
    thing: { kind: 'Volume', name: '{volume}' },
    confidence: 'likely',
    words: 'The volume {volume} of {workload} cannot be attached or mounted',
  },
  {
    problems: [...VOLUMES, 'MountSourceMissing', 'MountCacheNotReady'],
    cause: 'VolumeFailing',
    blames: 'workload',
    confidence: 'possible',
    words: 'A volume of {workload} cannot be attached or mounted',
  },
]
