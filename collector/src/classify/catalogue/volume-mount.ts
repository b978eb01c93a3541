import { HAPPENED, kubeletUntil, ofObject, ofSuccessor, TOLD_AGAIN, until, type ExpectedLife } from './life.ts'
import { BEFORE_CONTAINERS, BEFORE_MOUNT } from './pod-waits.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

const ATTACHED = ofObject('SuccessfulAttachVolume', 'Pulling', 'Pulled', 'Created', 'Started')

/** The attach-detach controller tries again at the latest after 2 min. */
const BEFORE_ATTACHED: ExpectedLife = { ...kubeletUntil(ATTACHED, ofSuccessor('Started')), holdsMinutes: 35 }

/** Said once; a lost node keeps its volumes for about six minutes, a living one for as long as the other pod runs. */
const BEFORE_DETACHED: ExpectedLife = { ...BEFORE_ATTACHED, repeatsMinutes: 60, holdsMinutes: 60 }

/** How volumes come to the pods of a node. */
export const VOLUME_MOUNT: readonly ReasonEntry[] = [
  ...emittedBy(
    'kubelet',
    ['Pod'],
    [
      {
        reason: 'FailedMount',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: "A volume could not be mounted, so the pod's containers are not made.",
        check: 'Read what is missing: a ConfigMap, a Secret, an attachment, or an answer of the driver.',
        ...BEFORE_MOUNT,
      },
      {
        reason: 'FailedMount',
        problem: 'MountSourceMissing',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning:
          "A volume needs a ConfigMap, a Secret or a key in one that does not exist, so the pod's containers are not made.",
        check: "Create what the note names, or correct the pod's template.",
        note: ['configmap "', 'secret "', 'references non-existent'],
        ...BEFORE_MOUNT,
      },
      {
        reason: 'FailedMount',
        problem: 'MountCacheNotReady',
        type: 'Warning',
        category: 'storage',
        severity: 'low',
        meaning: 'The kubelet does not know a ConfigMap or a Secret of the pod yet, which is usual for a moment.',
        check: "When it lasts, look at the kubelet's way to the API server.",
        note: ['not registered', 'failed to sync configmap cache', 'failed to sync secret cache'],
        persists: { afterMinutes: 3, severity: 'high' },
        ...BEFORE_CONTAINERS,
        end: 'facts',
      },
      {
        reason: 'FailedMount',
        problem: 'VolumesNotReady',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'Two minutes went by and not all volumes of the pod were there; it is tried again.',
        check: 'Read the other events of the pod: they say why the volume in the note does not come.',
        note: ['Unable to attach or mount volumes'],
        ...BEFORE_MOUNT,
      },
      {
        reason: 'FailedMapVolume',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'A block volume could not be handed to the pod.',
        check: "Look at the CSI driver's pod on the node.",
        ...BEFORE_MOUNT,
      },
      {
        reason: 'SuccessfulMountVolume',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'A volume is ready for the pod.',
      },
      {
        reason: 'VolumePermissionChangeInProgress',
        type: 'Warning',
        category: 'storage',
        severity: 'low',
        meaning: 'The start waits while the owner of many files is changed.',
        check: 'Set fsGroupChangePolicy to OnRootMismatch.',
        ...BEFORE_MOUNT,
      },
      {
        reason: 'AlreadyMountedVolume',
        type: 'Warning',
        category: 'storage',
        severity: 'low',
        meaning: 'Another pod uses the same local volume with another group.',
        check: 'Give both pods the same fsGroup.',
        ...HAPPENED,
      },
      {
        reason: 'VolumeConditionAbnormal',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'The CSI driver reports that the volume is not healthy.',
        check: 'Look at the storage behind the volume.',
        ...TOLD_AGAIN,
      },
    ],
  ),
  ...emittedBy(
    'kubelet',
    ['PersistentVolume'],
    [
      {
        reason: 'FailedMountOnFilesystemMismatch',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'The disk holds another file system than the one asked for.',
        check: 'Correct fsType; do not format the disk.',
        ...TOLD_AGAIN,
      },
    ],
  ),
  ...emittedBy(
    'kubelet',
    ['PersistentVolumeClaim', 'Pod'],
    [
      {
        reason: 'VolumeResizeFailed',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'The volume could not be made larger and keeps its size.',
        check: 'Look at the CSI driver and the limits of the storage.',
        controllers: ['kubelet'],
        ...until('VolumeResizeSuccessful', 'FileSystemResizeSuccessful'),
      },
      {
        reason: 'FileSystemResizeFailed',
        type: 'Warning',
        category: 'storage',
        severity: 'medium',
        meaning: 'The volume has grown, but the file system on it has not.',
        check: "Look at the CSI driver's pod on the node.",
        ...until('FileSystemResizeSuccessful'),
      },
      {
        reason: 'FileSystemResizeSuccessful',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The file system has grown to the size of its volume.',
      },
    ],
  ),
  ...emittedBy(
    'kubelet',
    ['PersistentVolumeClaim'],
    [
      {
        reason: 'VolumeResizeSuccessful',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The volume has its new size.',
        controllers: ['kubelet'],
      },
    ],
  ),
  ...emittedBy(
    'attachdetach-controller',
    ['Pod'],
    [
      {
        reason: 'SuccessfulAttachVolume',
        type: 'Normal',
        category: 'storage',
        severity: 'info',
        meaning: 'The volume is attached to the node of the pod.',
      },
      {
        reason: 'FailedAttachVolume',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: "The volume could not be attached to the pod's node, so the pod waits.",
        check: "Look at the CSI driver's controller and the limits of the storage.",
        ...BEFORE_ATTACHED,
      },
      {
        reason: 'FailedAttachVolume',
        type: 'Warning',
        category: 'storage',
        severity: 'low',
        meaning: 'The volume is being taken from another node: usual for a pod that moves.',
        check: 'If it stays, look at the node that has it.',
        note: ['Waiting for detach for volume'],
        persists: { afterMinutes: 3, severity: 'high' },
        ...BEFORE_ATTACHED,
      },
      {
        reason: 'FailedAttachVolume',
        problem: 'MultiAttach',
        type: 'Warning',
        category: 'storage',
        severity: 'high',
        meaning: 'The volume is still attached to another node and cannot be used here yet.',
        check: 'Look at the old node: a lost one holds its volumes for about six minutes.',
        note: ['Multi-Attach error'],
        ...BEFORE_DETACHED,
      },
    ],
  ),
]
