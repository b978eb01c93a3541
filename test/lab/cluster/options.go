// Package cluster starts, stops and damages a Kubernetes cluster on this machine. Each cluster has a directory, and everything
// about it is there: addresses, keys, data, logs, the processes.
package cluster

import (
	"fmt"
	"time"

	"eventloom.dev/lab/fault"
)

// Options decide what a cluster consists of. The zero value of a duration leaves Kubernetes' default.
type Options struct {
	Dir                    string         `json:"dir"`
	ControlPlane           string         `json:"controlPlane"` // full, or apiserver: nothing but etcd and kube-apiserver
	Nodes                  int            `json:"nodes"`
	NodeCores              int            `json:"nodeCores"`
	EventTTL               fault.Duration `json:"eventTTL"`
	EtcdCompactionInterval fault.Duration `json:"etcdCompactionInterval"`
	Owner                  string         `json:"owner,omitempty"` // process.Identity without which nothing of it lives on
}

// Defaults are those of Kubernetes, with one node.
func Defaults() Options {
	return Options{
		ControlPlane: Full, Nodes: 1, NodeCores: 8,
		EventTTL: fault.Duration(time.Hour), EtcdCompactionInterval: fault.Duration(5 * time.Minute),
	}
}

// The kinds of control plane.
const (
	Full          = "full"
	APIServerOnly = "apiserver"
)

// maxDirLength leaves room for socket paths inside it, which the kernel limits to 108 bytes.
const maxDirLength = 70

// Validate lists every problem, empty when there is none.
func (o Options) Validate() []string {
	var problems []string
	if o.ControlPlane != Full && o.ControlPlane != APIServerOnly {
		problems = append(problems, fmt.Sprintf("--control-plane: %q is neither %q nor %q", o.ControlPlane, Full, APIServerOnly))
	}
	if o.Nodes < 0 || o.Nodes > 20 {
		problems = append(problems, fmt.Sprintf("--nodes: %d is not within 0 and 20 (a kubelet takes 140 MB of memory)", o.Nodes))
	}
	if o.NodeCores < 1 {
		problems = append(problems, fmt.Sprintf("--node-cores: %d is less than 1", o.NodeCores))
	}
	if o.EventTTL <= 0 {
		problems = append(problems, "--event-ttl: must be longer than 0s")
	}
	if o.EtcdCompactionInterval < 0 {
		problems = append(problems, "--etcd-compaction-interval: must not be negative (0s turns it off)")
	}
	if len(o.Dir) > maxDirLength {
		problems = append(problems, fmt.Sprintf("--dir: %d characters are too many for the sockets inside; use at most %d", len(o.Dir), maxDirLength))
	}
	return problems
}
