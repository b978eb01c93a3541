import { ADD_ON } from './add-on.ts'
import { ARGO } from './argo.ts'
import { AUTOSCALING } from './autoscaling.ts'
import { AWS_LOAD_BALANCER } from './aws-load-balancer.ts'
import { CERTIFICATE } from './certificate.ts'
import { CERTIFICATE_REQUEST } from './certificate-request.ts'
import { CERTIFICATE_SIGNING } from './certificate-signing.ts'
import { CERTIFICATE_SIGNING_REQUEST } from './certificate-signing-request.ts'
import { CLUSTER_AUTOSCALER } from './cluster-autoscaler.ts'
import { CONTROL_PLANE } from './control-plane.ts'
import { CSI } from './csi.ts'
import { DELIVERY } from './delivery.ts'
import { DESCHEDULER } from './descheduler.ts'
import { FAILED_CREATE } from './failed-create.ts'
import { GITOPS } from './gitops.ts'
import { JOB } from './job.ts'
import { KARPENTER } from './karpenter.ts'
import { KEDA } from './keda.ts'
import { LOAD_BALANCER } from './load-balancer.ts'
import { METALLB } from './metallb.ts'
import { NODE_CONTROLLER } from './node-controller.ts'
import { NODE_KUBELET } from './node-kubelet.ts'
import { NODE_PROBLEM_KERNEL } from './node-problem-kernel.ts'
import { NODE_PROBLEM_SERVICE } from './node-problem-service.ts'
import { OPENSHIFT } from './openshift.ts'
import { OPERATOR } from './operator.ts'
import { POD_ADMISSION } from './pod-admission.ts'
import { POD_LIFE } from './pod-life.ts'
import { POD_START } from './pod-start.ts'
import { POLICY } from './policy.ts'
import { PRESSURE } from './pressure.ts'
import { REPLICAS } from './replicas.ts'
import { SCHEDULING } from './scheduling.ts'
import { SECRET_STORE } from './secret-store.ts'
import { SERVICE } from './service.ts'
import { SERVICE_ADDRESS } from './service-address.ts'
import { VENDOR } from './vendor.ts'
import { VOLUME_CLAIM } from './volume-claim.ts'
import { VOLUME_MOUNT } from './volume-mount.ts'
import type { ReasonEntry } from './reason-entry.ts'

/** All entries of the catalogue, by area. */
export const ENTRIES: readonly ReasonEntry[] = [
  ...POD_START,
  ...POD_LIFE,
  ...POD_ADMISSION,
  ...NODE_KUBELET,
  ...PRESSURE,
  ...VOLUME_MOUNT,
  ...VOLUME_CLAIM,
  ...SCHEDULING,
  ...FAILED_CREATE,
  ...REPLICAS,
  ...JOB,
  ...AUTOSCALING,
  ...SERVICE,
  ...NODE_CONTROLLER,
  ...SERVICE_ADDRESS,
  ...CONTROL_PLANE,
  ...LOAD_BALANCER,
  ...CLUSTER_AUTOSCALER,
  ...KARPENTER,
  ...NODE_PROBLEM_KERNEL,
  ...NODE_PROBLEM_SERVICE,
  ...CSI,
  ...CERTIFICATE,
  ...CERTIFICATE_REQUEST,
  ...CERTIFICATE_SIGNING,
  ...CERTIFICATE_SIGNING_REQUEST,
  ...AWS_LOAD_BALANCER,
  ...KEDA,
  ...DESCHEDULER,
  ...DELIVERY,
  ...METALLB,
  ...OPENSHIFT,
  ...VENDOR,
  ...GITOPS,
  ...SECRET_STORE,
  ...ARGO,
  ...POLICY,
  ...ADD_ON,
  ...OPERATOR,
]
