import type { Extraction, Groups } from './extraction.ts'

const MOUNT = [
  'FailedMount',
  'FailedMapVolume',
  'SuccessfulMountVolume',
  'VolumePermissionChangeInProgress',
  'VolumeConditionAbnormal',
]
const ATTACH = ['FailedAttachVolume', 'SuccessfulAttachVolume', 'FailedDetachVolume']
const PROVISION = [
  'ExternalExpanding',
  'ExternalProvisioning',
  'FailedBinding',
  'FailedScheduling',
  'FileSystemResizeFailed',
  'FileSystemResizeRequired',
  'FileSystemResizeSuccessful',
  'Provisioning',
  'ProvisioningCleanupFailed',
  'ProvisioningFailed',
  'ProvisioningSucceeded',
  'Resizing',
  'VolumeFailedDelete',
  'VolumeMismatch',
  'VolumeResizeFailed',
  'VolumeResizeSuccessful',
]
const ALL = [...MOUNT, ...ATTACH, ...PROVISION]

/** Volumes and claims. A time-out note lists innocent volumes as "unattached": only the unmounted ones hang. */
export const STORAGE: readonly Extraction[] = [
  {
    reasons: ['FailedMount'],
    needs: 'unmounted volumes=[',
    pattern: /unmounted volumes=\[(?<unmountedVolumes>[^\]]{1,500})\]/,
    derive: ({ unmountedVolumes = '' }) => {
      const names = unmountedVolumes.split(/[ ,]/).filter((name) => name !== '')
      return { volume: names[0], unmountedVolumes: names.join(',') }
    },
  },
  { reasons: [...MOUNT, ...ATTACH], needs: 'olume "', pattern: /olume "(?<volume>[^"]{1,253})"/ },
  {
    reasons: ALL,
    needs: 'pvc-',
    pattern: /(?<persistentVolume>pvc-(?<claimUid>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}))/,
  },
  { reasons: PROVISION, needs: 'olume "', pattern: /olume "(?<persistentVolume>[^"]{1,253})"/ },
  { reasons: ALL, needs: 'laim "', pattern: /laim "(?:[^"/]{1,253}\/)?(?<claim>[^"/]{1,253})"/ },
  {
    reasons: PROVISION,
    needs: 'torage',
    pattern: /[Ss]torage ?[Cc]lass(?:\.storage\.k8s\.io)? "(?<storageClass>[^"]{1,253})"/,
  },
  { reasons: ['ExternalProvisioning'], pattern: /provisioner '(?<driver>[^'\s]{1,253})'/ },
  { reasons: ALL, needs: 'driver name ', pattern: /driver name (?<driver>[a-z0-9][a-z0-9.-]{0,252}) not found/ },
  {
    reasons: ['FailedAttachVolume'],
    needs: 'used by pod',
    pattern: /used by pod\(s\) (?<usedByPods>[a-z0-9][a-z0-9., -]{0,400})/,
  },
  {
    reasons: ['SuccessfulCreate', 'FailedCreate'],
    needs: 'Claim ',
    pattern: /create Claim (?<claim>[a-z0-9][a-z0-9.-]{0,252}) (?:for )?Pod (?<pod>[a-z0-9][a-z0-9.-]{0,252})/,
  },
  { reasons: MOUNT, needs: 'driver: ', pattern: /driver: (?<driver>[a-z0-9][a-z0-9.-]{0,252})/, derive: namedDriver },
]

/** A driver has a domain-like name; anything else after "driver:" is an error text. */
function namedDriver({ driver = '' }: Groups): Groups {
  return driver.includes('.') ? { driver } : {}
}
