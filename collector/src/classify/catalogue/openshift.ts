import { HAPPENED, RETRIED, RETRIED_UNTIL_SEEN_WELL } from './life.ts'
import { probeLines } from './probe.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** OpenShift. */
export const OPENSHIFT: readonly ReasonEntry[] = [
  ...emittedBy(
    'OpenShift operators',
    ['Deployment', 'Pod'],
    [
      {
        reason: 'OperatorRestart',
        type: 'Normal',
        category: 'other',
        severity: 'medium',
        meaning: 'An operator starts anew, since its configuration changed.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'OpenShift operators',
    [],
    [
      {
        reason: 'CSRApproval',
        type: 'Normal',
        category: 'security',
        severity: 'info',
        meaning: 'A request for a certificate was approved.',
      },
      {
        reason: 'CSRDenial',
        type: 'Normal',
        category: 'security',
        severity: 'medium',
        meaning: 'A request for a certificate was denied.',
        check: 'Look who asked for it.',
        ...HAPPENED,
      },
      {
        reason: 'SignerUpdateRequired',
        type: 'Normal',
        category: 'security',
        severity: 'low',
        meaning: 'A signing certificate is due for renewal.',
      },
      {
        reason: 'TargetUpdateRequired',
        type: 'Normal',
        category: 'security',
        severity: 'low',
        meaning: 'A serving or client certificate is due for renewal.',
      },
      {
        reason: 'CABundleUpdateRequired',
        type: 'Normal',
        category: 'security',
        severity: 'low',
        meaning: 'A bundle of trusted certificates is due for renewal.',
      },
    ],
  ),
  ...emittedBy(
    'OpenShift route controller',
    ['Ingress'],
    [
      {
        reason: 'FailedIngressToRouteConversion',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'No route could be made from the Ingress.',
        check: 'Read the error in the note.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
      {
        reason: 'InvalidAnnotationValue',
        type: 'Warning',
        category: 'config',
        severity: 'low',
        meaning: 'An annotation of the Ingress cannot be read and is ignored.',
        check: 'Correct its value.',
        ...RETRIED,
      },
      {
        reason: 'IncompleteIngressToRouteRules',
        type: 'Normal',
        category: 'config',
        severity: 'low',
        meaning: 'A rule of the Ingress lacks something and is left out.',
        check: 'Complete the rule.',
      },
    ],
  ),
  ...emittedBy(
    'OpenShift route controller',
    ['Service'],
    [
      {
        reason: 'IngressIPRangeFull',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No outside address is left for Services.',
        check: 'Enlarge the range.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
      {
        reason: 'IngressIPReallocated',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The outside address of the Service has changed.',
        check: 'Correct DNS entries that point to the old one.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'kubelet of OpenShift',
    ['Pod'],
    [
      ...probeLines('ProbeError'),
      {
        reason: 'TerminatingPodProbeError',
        type: 'Warning',
        category: 'probe',
        severity: 'low',
        meaning: 'A probe failed while the pod was ending, which is usual.',
        ...HAPPENED,
      },
    ],
  ),
]
