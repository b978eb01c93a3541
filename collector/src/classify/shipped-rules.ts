/**
 * Rules that come with Eventloom: judgements that a reason alone does not allow. Rules of the user come before them,
 * and `shipped: false` turns them off.
 */
export const SHIPPED_RULES = `
rules:
  - name: shipped/control-plane crash
    describe: A control plane component that keeps ending puts the whole cluster at risk.
    when: >-
      event.reason == "BackOff" && event.type == "Warning" && event.namespace == "kube-system"
      && event.regarding.name.re2("^(kube-apiserver|etcd|kube-controller-manager|kube-scheduler)-")
    set: { category: control-plane, severity: critical }

  - name: shipped/cluster DNS crash
    describe: Without cluster DNS most workloads fail sooner or later.
    when: >-
      event.reason == "BackOff" && event.type == "Warning" && event.namespace == "kube-system"
      && event.regarding.name.re2("^(coredns|kube-dns|node-local-dns)-")
    set: { category: network, severity: critical }

  - name: shipped/late cache at pod start
    describe: The kubelet had not yet read the ConfigMap or Secret; it usually passes within seconds.
    when: >-
      event.reason == "FailedMount"
      && event.note.re2("failed to sync (configmap|secret) cache: timed out waiting for the condition")
    set: { severity: low }

  - name: shipped/scheduling of a pod that is being deleted
    describe: The pod was deleted before it got a node; nothing is wrong.
    when: event.reason == "FailedScheduling" && event.note.startsWith("skip schedule deleting pod")
    set: { severity: info }

  - name: shipped/metrics of starting pods
    describe: Just started pods have no metrics yet, so the autoscaler waits.
    when: >-
      event.reason in ["FailedGetResourceMetric", "FailedComputeMetricsReplicas"]
      && event.note.contains("did not receive metrics for targeted pods (pods might be unready)")
    set: { severity: low }
`
