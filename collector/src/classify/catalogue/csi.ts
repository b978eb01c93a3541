import { UNTIL_PROVISIONED } from './claim-waits.ts'
import { HAPPENED, RETRIED, RETRIED_UNTIL_SEEN_WELL, until, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

const UNTIL_RELOADED: ExpectedLife = {
  ...RETRIED,
  end: 'told',
  clearedBy: [{ by: 'object', reasons: ['RELOAD'], note: ['NGINX reload triggered'] }],
}

/** Storage drivers and the ingress controller. */
export const CSI: readonly ReasonEntry[] = [
  ...emittedBy(
    'CSI external-provisioner',
    ['PersistentVolumeClaim'],
    [
      {
        reason: 'Provisioning',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The driver is making a volume for the claim.',
      },
      {
        reason: 'ProvisioningSucceeded',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The driver made a volume for the claim.',
      },
      {
        reason: 'ProvisioningFailed',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'The driver could not make a volume for the claim, so its pods stay Pending.',
        check: "Read the storage's error: quota, zone or a limit.",
        ...UNTIL_PROVISIONED,
      },
      {
        reason: 'ProvisioningCleanupFailed',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'A volume that is not needed was left behind in the storage.',
        check: 'Delete it by hand: it costs money.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'CSI external-provisioner',
    ['PersistentVolume'],
    [
      {
        reason: 'VolumeFailedDelete',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'The driver could not delete the storage of a released volume.',
        check: 'Look whether it is still attached.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
    ],
  ),
  ...emittedBy(
    'CSI external-resizer',
    ['PersistentVolumeClaim'],
    [
      {
        reason: 'Resizing',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The driver makes the volume larger.',
      },
      {
        reason: 'VolumeResizeFailed',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'The driver could not make the volume larger.',
        check: "Read the storage's error.",
        ...until('VolumeResizeSuccessful', 'FileSystemResizeSuccessful'),
      },
      {
        reason: 'VolumeResizeSuccessful',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The driver made the volume larger.',
      },
      {
        reason: 'FileSystemResizeRequired',
        type: 'Normal',
        category: 'storage',
        severity: 'low',
        meaning: 'The volume has grown; its file system follows on the node.',
        check: 'When it lasts, look whether a pod uses the claim.',
      },
      {
        reason: 'VolumeSizeRestored',
        type: 'Normal',
        category: 'storage',
        severity: 'low',
        meaning: 'The larger size was taken back.',
      },
    ],
  ),
  ...emittedBy(
    'snapshot-controller',
    ['VolumeSnapshot'],
    [
      {
        reason: 'SnapshotContentMissing',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'The content of a snapshot does not exist.',
        check: 'Look who deleted it: the backup may be lost.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
    ],
  ),
  ...emittedBy(
    'nginx-ingress-controller',
    ['Pod'],
    [
      {
        reason: 'RELOAD',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The ingress controller has taken over a new configuration.',
      },
      {
        reason: 'RELOAD',
        type: 'Warning',
        category: 'network',
        severity: 'critical',
        meaning: 'The ingress controller could not take over a new configuration, so new routes are not served.',
        check: 'Read the error: usually a snippet or an annotation of one Ingress.',
        ...UNTIL_RELOADED,
      },
    ],
  ),
  ...emittedBy(
    'nginx-ingress-controller',
    ['Ingress'],
    [
      {
        reason: 'Sync',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The Ingress was taken up by its controller.',
      },
      {
        reason: 'AnnotationParsingFailed',
        type: 'Warning',
        category: 'config',
        severity: 'medium',
        meaning: 'An annotation of the Ingress cannot be read.',
        check: 'Correct the annotation that the note names.',
        ...until('Sync'),
      },
    ],
  ),
  ...emittedBy(
    'nginx-ingress-controller',
    ['ConfigMap', 'Ingress'],
    [
      {
        reason: 'CREATE',
        type: 'Normal',
        category: 'config',
        severity: 'info',
        meaning: 'The ingress controller saw a new object.',
      },
      {
        reason: 'UPDATE',
        type: 'Normal',
        category: 'config',
        severity: 'info',
        meaning: 'The ingress controller saw a changed object.',
      },
    ],
  ),
]
