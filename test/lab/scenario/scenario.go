// Package scenario reads and runs scenarios: what is there, what breaks when, and what is to blame by construction.
package scenario

import (
	"encoding/json"

	"eventloom.dev/lab/fault"
)

// Scenario is a file, as written. Its schema is scenario.schema.json.
type Scenario struct {
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Fast        bool              `json:"fast,omitempty"`
	Base        string            `json:"base,omitempty"` // another scenario, whose cluster, workloads and objects come first
	Cluster     ClusterNeeds      `json:"cluster,omitempty"`
	Workloads   []Workload        `json:"workloads,omitempty"`
	Objects     []json.RawMessage `json:"objects,omitempty"`
	Settle      fault.Duration    `json:"settle,omitempty"`
	Steps       []Step            `json:"steps,omitempty"`
	Duration    fault.Duration    `json:"duration,omitempty"`
	RootCause   *Cause            `json:"rootCause,omitempty"`
	Explains    []Effect          `json:"explains,omitempty"`
	Edges       []Edge            `json:"edges,omitempty"` // between effects; from the root cause to each effect goes without saying
	Noise       []Effect          `json:"noise,omitempty"`
}

// ClusterNeeds are the parts of the cluster that differ from `lab up`'s defaults.
type ClusterNeeds struct {
	Nodes                  int            `json:"nodes,omitempty"`
	NodeCores              int            `json:"nodeCores,omitempty"`
	ControlPlane           string         `json:"controlPlane,omitempty"`
	EventTTL               fault.Duration `json:"eventTTL,omitempty"`
	EtcdCompactionInterval fault.Duration `json:"etcdCompactionInterval,omitempty"`
}

// Workload is short for an object with a pod template.
type Workload struct {
	Kind         string            `json:"kind,omitempty"` // Deployment by default
	Namespace    string            `json:"namespace,omitempty"`
	Name         string            `json:"name"`
	Image        string            `json:"image,omitempty"`
	Replicas     *int32            `json:"replicas,omitempty"`
	CPU          string            `json:"cpu,omitempty"`
	Priority     string            `json:"priority,omitempty"`
	Node         string            `json:"node,omitempty"`
	Liveness     bool              `json:"liveness,omitempty"`
	Readiness    bool              `json:"readiness,omitempty"`
	Claim        *ClaimTemplate    `json:"claim,omitempty"`
	Secret       string            `json:"secret,omitempty"`
	ConfigMap    string            `json:"configMap,omitempty"`
	EnvSecret    string            `json:"envSecret,omitempty"`
	Schedule     string            `json:"schedule,omitempty"`
	BackoffLimit *int32            `json:"backoffLimit,omitempty"`
	Deadline     *int64            `json:"deadlineSeconds,omitempty"`
	RunFor       string            `json:"runFor,omitempty"`
	Labels       map[string]string `json:"labels,omitempty"`
}

// ClaimTemplate is the volume of each pod of a StatefulSet, or the one claim of anything else.
type ClaimTemplate struct {
	Name         string `json:"name,omitempty"`
	StorageClass string `json:"storageClass,omitempty"`
	Size         string `json:"size,omitempty"`
	Existing     bool   `json:"existing,omitempty"`  // do not create it: somebody else does, or nobody
	Ephemeral    bool   `json:"ephemeral,omitempty"` // one claim for each pod, which lives as long as the pod
}

// Step happens `At` after the scenario's start (which is when everything has settled). Exactly one action is set.
type Step struct {
	At  fault.Duration `json:"at"`
	For fault.Duration `json:"for,omitempty"` // a fault ends, a killed component starts, a cordoned node opens after this
	ID  string         `json:"id,omitempty"`
	Action
}

// Action is what a step does.
type Action struct {
	Crash     *fault.Crash     `json:"crash,omitempty"`
	ImagePull *fault.ImagePull `json:"imagePull,omitempty"`
	Network   *fault.Network   `json:"network,omitempty"`
	Probe     *fault.Probe     `json:"probe,omitempty"`
	Volumes   *fault.Volumes   `json:"volumes,omitempty"`

	Kill     string            `json:"kill,omitempty"`
	Start    string            `json:"start,omitempty"`
	Apply    []json.RawMessage `json:"apply,omitempty"`
	Workload *Workload         `json:"workload,omitempty"`
	Delete   *Object           `json:"delete,omitempty"`
	Patch    *Patch            `json:"patch,omitempty"`
	Scale    *Scale            `json:"scale,omitempty"`
	Image    *Image            `json:"image,omitempty"`
	Cordon   string            `json:"cordon,omitempty"`
	Uncordon string            `json:"uncordon,omitempty"`
	Drain    string            `json:"drain,omitempty"`
	Compact  bool              `json:"compact,omitempty"`
	Flood    *Flood            `json:"flood,omitempty"`
}

// Object names an object of the API.
type Object struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name"`
}

// Patch merges into an object.
type Patch struct {
	Object
	Merge json.RawMessage `json:"merge"`
}

// Scale changes replicas.
type Scale struct {
	Object
	Replicas int32 `json:"replicas"`
}

// Image is a rollout of another image for the first container.
type Image struct {
	Object
	Image string `json:"image"`
}

// Flood creates events through the API, as a controller run wild does.
type Flood struct {
	Namespace string `json:"namespace,omitempty"`
	Count     int    `json:"count"`
	PerSecond int    `json:"perSecond,omitempty"`
	Objects   int    `json:"objects,omitempty"` // over how many pods they are spread
	Reason    string `json:"reason,omitempty"`
	Type      string `json:"type,omitempty"`
	Note      string `json:"note,omitempty"`
}

// Cause is what is to blame.
type Cause struct {
	Object Object `json:"object"`
	Reason string `json:"reason,omitempty"` // of the event that shows it; empty where no event does
	What   string `json:"what,omitempty"`
}

// Edge is one object's trouble that led to another's; `*` in names stands for any characters.
type Edge struct {
	From Object `json:"from"`
	To   Object `json:"to"`
}

// Effect is an event that the cause explains; `*` in names stands for any characters.
type Effect struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	Reason    string `json:"reason"`
	Note      string `json:"note,omitempty"` // a part of the note, where the reason alone says too little
}
