/** Notes as the sources of Kubernetes and of a few controllers write them; `%` stands for what is filled in. The first that fits counts. */
const FORMATS = `
Created container: %
Created container %
Container created
Started container %
Container started
Stopping container %
Container % failed liveness probe, will be restarted
Container % failed startup probe, will be restarted
Container % definition changed, will be restarted
Killing container with id %
Container image % already present on machine%
Successfully pulled image % in % (% including waiting). Image size: % bytes.
Successfully pulled image % in % (% including waiting)
Successfully pulled image % in %
Successfully pulled image %
Pulling image %
pulling image %
Failed to pull image %: %
Failed to apply default image tag %: %
Error: %
Back-off pulling image %
Back-off restarting failed container % in pod %
Back-off restarting failed container
Liveness probe failed: %
Readiness probe failed: %
Startup probe failed: %
Liveness probe errored%
Readiness probe errored%
Startup probe errored%
Successfully assigned % to %
skip schedule deleting pod: %
% nodes are available: %
no nodes available to schedule pods
running % plugin %: %
running % filter plugin for pod %: %
MountVolume.SetUp failed for volume % : %
MountVolume.MountDevice failed for volume % : %
MountVolume.% failed for volume % : %
AttachVolume.Attach failed for volume % : %
AttachVolume.Attach succeeded for volume %
Unable to attach or mount volumes: %
Multi-Attach error for volume %
Created pod: %
Deleted pod: %
Error creating: %
Error deleting: %
Created job %
Deleted job %
Saw completed job: %
Job completed
Job has reached the specified backoff limit
Job was active longer than specified deadline
Scaled up replica set % to % from %
Scaled up replica set % from % to %
Scaled up replica set % to %
Scaled down replica set % to % from %
Scaled down replica set % from % to %
Scaled down replica set % to %
New size: %; reason: %
Node % status is now: %
Node is not ready
Node % event: %
Node % has been rebooted, boot id: %
Starting kubelet.
Starting %
Updated Node Allocatable limit across pods
invalid capacity % on image filesystem
% became leader
Failed to create pod sandbox: %
Failed create pod sandbox: %
error killing pod: %
error determining status: %
Pod sandbox changed, it will be killed and re-created.
Failed to create endpoint for service %: %
Failed to update endpoint %: %
Error updating Endpoint Slices for Service %: %
Unable to retrieve some image pull secrets (%); attempting to pull the image may not succeed.
Ensuring load balancer
Ensured load balancer
Error syncing load balancer: %
waiting for first consumer to be created before binding
waiting for pod % to be scheduled
no persistent volumes available for this claim and no storage class is set
Cannot bind to requested volume %: %
storageclass.storage.k8s.io % not found
failed to provision volume with StorageClass %: %
External provisioner is provisioning volume for claim %
Waiting for a volume to be created%
Successfully provisioned volume %
create Pod % in StatefulSet % successful
create Pod % in StatefulSet % failed error: %
create Claim % Pod % in StatefulSet % success
create Claim % for Pod % in StatefulSet % failed error: %
delete Pod % in StatefulSet % successful
No matching pods found
Cancelling deletion of Pod %
Marking for deletion Pod %
The node was low on resource: %
The node had condition: %
Deferred node password secret validation complete
Node and Certificate Authority certificates managed by % are OK
Applied manifest at %
Applying manifest at %
Deleting manifest at %
Applying HelmChart using Job %
Applied LoadBalancer DaemonSet %
Add % from %
Scheduled for sync
rpc error: %
`
  .trim()
  .split('\n')

const PATTERNS = FORMATS.map((format) => {
  const parts = format.split('%').map((part) => RegExp.escape(part))
  return [format, new RegExp(`^${parts.join('(.*?)')}$`, 's')] as const
})

/** Formats whose last value is a text that says what kind of message it is, and no name. */
const TELLING = /(?:: |now: )%$/

/** In which format a note was written; null for one that no format fits. `rest` is its last value where that tells more. */
export function formatOf(note: string): { readonly format: string; readonly rest: string } | null {
  for (const [format, pattern] of PATTERNS) {
    const found = pattern.exec(note)
    if (found !== null) return { format, rest: TELLING.test(format) && !NAMES.test(format) ? (found.at(-1) ?? '') : '' }
  }
  return null
}

const NAMES = /^(?:Created|Deleted|skip schedule|Saw|Created container|Node % has)/

/** A text of an error without what differs from case to case: quoted texts, and words with a digit, a slash or a bracket. */
export function kindOfText(text: string): string {
  return text
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"')
    .split(/\s+/)
    .map((word) => (/[\d/[\](){}=]/.test(word) ? '…' : word))
    .join(' ')
}
